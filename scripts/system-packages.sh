#!/bin/sh
# Makes sure of Python 3.11 or newer with venv, the ngspice program and its shared library;
# installs the Debian packages that are missing, and says nothing when none is.
#
# Usage: scripts/system-packages.sh PYTHON
set -eu

python=$1

fail() {
    echo "hwsim: $1" >&2
    exit 1
}

has_library() {
    "$python" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("ngspice"))'
}

missing_packages() {
    if ! command -v "$python" >/dev/null; then
        # Without Python the library cannot be looked for; installing it again does no harm.
        echo python3 python3-venv libngspice0
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
        has_library || echo libngspice0
    fi
    command -v ngspice >/dev/null || echo ngspice
}

install_packages() {
    log=$(mktemp)
    # shellcheck disable=SC2086 # a command and packages are several words
    if $as_root apt-get -qq update >"$log" 2>&1 &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install --yes --no-install-recommends $missing >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 5 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install $missing"
    fi
}

if command -v "$python" >/dev/null; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$python is older than Python 3.11; give another one with: make PYTHON=python3.11"
elif [ "$python" != python3 ]; then
    fail "there is no $python"
fi

missing=$(missing_packages | tr '\n' ' ' | sed 's/ $//')
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null ||
    fail "install what these Debian packages hold, then run make again: $missing"
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    fail "administrator rights are needed once; run this, then make again:
    sudo apt-get update && sudo apt-get install --yes $missing"
fi

echo "hwsim: installing the system packages $missing"
install_packages
still=$(missing_packages | tr '\n' ' ')
[ -z "$still" ] || fail "installed, yet $python does not find: $still"
