#!/bin/sh
# Fetches into wheels/ what a machine without a network installs Boxwright from: its own wheel, which lies in dist/, and
# by the pins those of all packages that it needs, with their checksums and the page that says how. EXTRAS names what is
# wanted beside the window, "train" unless set; BOXWRIGHT_TORCH is that of packaging/setup.sh.
set -eu
cd "$(dirname "$0")/.."
. packaging/system.sh

fetch() {
    .venv/bin/python -m pip download --disable-pip-version-check --no-input --quiet --only-binary :all: \
        -c packaging/constraints.txt -d wheels.part "$@"
}

rm -rf wheels.part
mkdir wheels.part
log=.venv/wheels.log
# The last two: for packaging/setup.sh in a checkout over there.
set -- "$(ls dist/boxwright-*.whl)[${EXTRAS-train}]" hatchling editables
echo "Fetching the wheels; this takes a few minutes ..." >&2
case ,${EXTRAS-train}, in *,train,* | *,ultralytics,*) torch=$(torch_for_the_processor) || exit 1 ;; *) torch= ;; esac
if ! fetch "$@" $torch >"$log" 2>&1; then
    explain_pip_failure "$log"
    exit 1
fi
cp docs/guide/offline.md wheels.part/README.md
cp dist/boxwright-*.cdx.json wheels.part/
.venv/bin/python packaging/checksums.py wheels.part >/dev/null
rm -rf wheels
mv wheels.part wheels
echo "$(ls wheels/*.whl | wc -l) wheels, $(du -sh wheels | cut -f 1), in the folder wheels; wheels/README.md says how to go on." >&2
