#!/usr/bin/env bash
# Make .venv hold what a lock says, and this project; if it does already, do nothing.
#   setup.sh          all that tests, checks and documentation need: requirements.lock
#   setup.sh program  what the program needs, a fifth of that: requirements-program.lock
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

whole=requirements.lock
lock=$whole
[[ ${1:-} == program ]] && lock=requirements-program.lock
python=${PYTHON:-python3}
here=$(pwd -P)
scripts=.venv/bin
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV

# What the environment depends on. The place counts: scripts hold their absolute path.
fingerprint() {
    {
        "$python" -VV 2>&1 || true
        cat "$1" pyproject.toml tools/setup.sh
        echo "$here"
    } | sha256sum
}

# The number of packages, so that a half-deleted environment is noticed.
packages() {
    local found=(.venv/lib/python3*/site-packages/*/)
    echo "${#found[@]}"
}

# An environment for everything serves the program too.
ready() {
    local was count
    [[ -f .venv/.ready ]] || return 1
    { read -r was && read -r count; } <.venv/.ready || return 1
    [[ $was == "$want" || $was == "$(fingerprint "$whole")" ]] || return 1
    [[ -x $scripts/python && -x $scripts/hustings ]] && (($(packages) >= count))
}

require_python() {
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        found=$("$python" -V 2>/dev/null || echo "not found")
        echo "hustings needs Python 3.11 or newer; $python is $found" >&2
        echo "name another: make PYTHON=/path/to/python3.11" >&2
        exit 2
    fi
}

new_venv() {
    "$python" -m venv --clear .venv
}

# uv itself comes from the lock, at the version and hashes written there.
by_uv() {
    awk '/^[^ ]/ { wanted = /^uv==/ } wanted' "$lock" >.venv/uv.lock &&
        "$scripts/python" -m pip install -qq --only-binary :all: --require-hashes \
            -r .venv/uv.lock &&
        "$scripts/uv" pip sync --quiet --python "$scripts/python" --require-hashes "$lock"
}

by_pip() {
    new_venv && "$scripts/python" -m pip install -qq --require-hashes -r "$lock"
}

install_project() {
    "$scripts/python" -m pip install -qq --no-deps --no-build-isolation -e .
}

want=$(fingerprint "$lock")
ready && exit 0
require_python

exec 9>.setup.lock
flock 9
ready && exit 0 # another make did it while this one waited

echo "setting up .venv (once, under a minute) ..." >&2
new_venv
if ! by_uv; then
    echo "uv could not fetch the packages; trying pip ..." >&2
    by_pip
fi
install_project
printf '%s\n%s\n' "$want" "$(packages)" >.venv/.ready
