#!/bin/sh
# Makes .venv when it is missing or broken, and installs hwsim into it, editable.
#
# Usage: scripts/install.sh PYTHON REQUIREMENT
# REQUIREMENT is `.`, or `.[dev,docs]` to develop.
set -eu

python=$1
requirement=$2

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "hwsim: making the environment .venv"
    "$python" -m venv --clear .venv
fi

echo "hwsim: installing $requirement into .venv (torch is large: minutes on a slow line)"
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable "$requirement"
