#!/bin/sh
# Makes .venv with Boxwright and its pinned packages in it: packaging/setup.sh run|dev|mutants|bundle
# `run` is what the main job needs, training included; `dev` adds what the tests need, `mutants` what breaks the code for them;
# `bundle` is what `make bundle` puts together.
# The second call returns at once unless pyproject.toml, the pins or this file changed. BOXWRIGHT_PYTHON names the Python to use,
# BOXWRIGHT_TORCH=cpu the torch for the processor alone, which is taken anyway where there is no NVIDIA device and pip finds
# it, and BOXWRIGHT_TORCH=cuda the usual one.
set -eu
cd "$(dirname "$0")/.."
. packaging/system.sh

want=${1:-run}
case $want in
    run) target='.[train]' enough='run dev mutants bundle' ;;
    dev) target='.[dev]' enough='dev mutants' ;;
    mutants) target='.[mutants]' enough=mutants ;;
    bundle) target='.[bundle]' enough=bundle SYSTEM_PACKAGES="$SYSTEM_PACKAGES $BUNDLE_PACKAGES $(python_library)" ;;
    *) echo "usage: packaging/setup.sh run|dev|mutants|bundle" >&2; exit 2 ;;
esac

# The folder is part of the key: a virtual environment that was moved no longer works.
key=$({ pwd -P; echo "${BOXWRIGHT_TORCH:-}"; cat pyproject.toml packaging/constraints.txt packaging/setup.sh packaging/system.sh; } | cksum)
for made in $enough; do
    stamp=.venv/.ready-$made
    if [ -x .venv/bin/boxwright ] && [ "$(cat "$stamp" 2>/dev/null)" = "$key" ]; then
        exit 0
    fi
done

install_system_packages
python=$(find_python) || exit 1
make_environment "$python"

log=.venv/setup.log
echo "Installing the packages into .venv; the first time takes a few minutes ..." >&2
torch=
if [ -n "${BOXWRIGHT_TORCH:-}" ] || ! .venv/bin/python -c 'import torch' >/dev/null 2>&1; then
    torch=$(torch_for_the_processor) || exit 1
fi
if ! pip_install -c packaging/constraints.txt -e "$target" $torch >"$log" 2>&1; then
    explain_pip_failure "$log"
    exit 1
fi

if ! message=$(QT_QPA_PLATFORM=offscreen .venv/bin/python -c \
        'import boxwright, PySide6.QtWidgets, cv2, onnxruntime, torch, onnx' 2>&1); then
    echo "$message" | tail -n 1 >&2
    echo "A system library is missing. On Debian and Ubuntu this installs all of them:" >&2
    echo "    sudo apt-get install -y $SYSTEM_PACKAGES" >&2
    exit 1
fi
rm -f .venv/.ready-*
echo "$key" >".venv/.ready-$want"
