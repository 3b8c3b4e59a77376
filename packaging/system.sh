# Parts of setup.sh: what the machine must have before pip can do its work.

# Qt draws without a screen with the first row; the second row is for a real window; a bare machine has no font at all.
SYSTEM_PACKAGES="libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfontconfig1 libdbus-1-3 \
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 fonts-dejavu-core"
# A bundle takes copies of all of these along, and binutils reads which.
BUNDLE_PACKAGES="binutils libwayland-client0 libwayland-cursor0 libwayland-egl1"

# Prints those of its arguments that dpkg does not have. Newer releases carry some under a name ending in t64.
missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" "${package}t64" 2>/dev/null | grep -qx installed ||
            printf '%s ' "$package"
    done
}

apt_install() {
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

install_system_packages() {
    command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 || return 0
    missing=$(missing_packages $SYSTEM_PACKAGES)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        echo "Installing system libraries: $missing" >&2
        apt_install $missing && return 0
        echo "These could not be installed; going on without them: $missing" >&2
    else
        echo "The window needs system libraries that are not here. This line installs them:" >&2
        echo "    sudo apt-get install -y $missing" >&2
    fi
}

# A version manager's stand-in is found on PATH even when that version is not installed: run it to know.
recent_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${BOXWRIGHT_PYTHON:-}" ]; then
        recent_enough "$BOXWRIGHT_PYTHON" && { echo "$BOXWRIGHT_PYTHON"; return 0; }
        echo "BOXWRIGHT_PYTHON=$BOXWRIGHT_PYTHON is not a Python 3.11 or later." >&2
        return 1
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        recent_enough "$candidate" && { echo "$candidate"; return 0; }
    done
    found=$(python3 --version 2>/dev/null || echo "no Python 3")
    echo "Boxwright needs Python 3.11 or later and this machine has $found." >&2
    echo "Install one, or name it: BOXWRIGHT_PYTHON=/path/to/python3.11 make demo" >&2
    return 1
}

# Debian's interpreter does without this package, and a bundle is started by it.
python_library() {
    python=$(find_python 2>/dev/null) || return 0
    case $(command -v "$python") in
        /usr/bin/*) "$python" -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])' ;;
    esac
}

environment_works() {
    .venv/bin/python -c 'import sys, pip; sys.exit(sys.prefix == sys.base_prefix)' >/dev/null 2>&1 &&
        recent_enough .venv/bin/python && head -n 3 .venv/bin/pip | grep -qF "$(pwd -P)/.venv/"
}

make_environment() {
    environment_works && return 0
    rm -rf .venv
    "$1" -m venv .venv >/dev/null 2>&1 && return 0
    rm -rf .venv
    # Debian ships the module apart from the interpreter.
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt_install "$package" || true
        "$1" -m venv .venv && return 0
        rm -rf .venv
    fi
    echo "$1 cannot make a virtual environment: its venv module is missing." >&2
    echo "On Debian and Ubuntu this line installs it:  sudo apt-get install -y $package" >&2
    exit 1
}

pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input "$@"
}

has_nvidia_device() {
    for device in /dev/nvidiactl /dev/nvidia0 /dev/dxg /proc/driver/nvidia/version /dev/nvhost-ctrl /dev/nvmap; do
        [ -e "$device" ] && return 0
    done
    return 1
}

# The usual wheel of torch for Linux brings gigabytes of CUDA libraries, which are of no use without the device. Prints the
# pinned release built for the processor alone where that is the one to take, for which pip has to know an index or a folder
# that has it; nothing where the usual one will do. BOXWRIGHT_TORCH=cpu or cuda decides; else the device does.
torch_for_the_processor() {
    case ${BOXWRIGHT_TORCH:-auto} in
        cuda) return 0 ;;
        cpu) ;;
        auto) [ "$(uname -s)" = Linux ] && ! has_nvidia_device || return 0 ;;
        *) echo "BOXWRIGHT_TORCH is cpu, cuda or auto, not $BOXWRIGHT_TORCH." >&2; return 1 ;;
    esac
    torch="torch==$(sed -n 's/^torch==//p' packaging/constraints.txt)+cpu"
    if pip_install --dry-run --ignore-installed --no-deps --only-binary :all: "$torch" >.venv/setup-torch.log 2>&1; then
        echo "$torch"
    elif [ "${BOXWRIGHT_TORCH:-auto}" = cpu ]; then
        echo "pip finds no $torch: docs/guide/install.md says under 'Training' how to have it." >&2
        return 1
    else
        echo "The package index offers no torch for the processor alone; the usual one may bring gigabytes of CUDA." >&2
        echo "docs/guide/install.md says under 'Training' how to have the small one." >&2
    fi
}

explain_pip_failure() {
    grep -m 1 -E 'ERROR:' "$1" | sed 's/^ *//' >&2 || true
    if grep -qiE 'name resolution|NewConnectionError|timed out|is unreachable|Max retries|from versions: none' "$1"; then
        echo "The packages could not be downloaded: this machine does not reach the package index." >&2
        echo "Connect it and run this again, or point pip to a folder of wheels: PIP_NO_INDEX=1 PIP_FIND_LINKS=DIR" >&2
    elif grep -qi 'No space left on device' "$1"; then
        echo "The disk is full: the packages need about 2 GB, and about 8 GB where torch comes with CUDA." >&2
    else
        echo "The packages could not be installed; everything pip said is in $1." >&2
    fi
}
