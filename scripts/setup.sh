#!/bin/sh
# Makes .venv and installs the package into it with one extra: scripts/setup.sh server|dev
# A stamp in .venv holds what was installed for which pyproject.toml, so that a second run has nothing to do.
set -eu
cd "$(dirname "$0")/.."
extra=${1:-server}
venv=.venv

say() { printf '==> %s\n' "$*" >&2; }
stop() { printf '\nprompts-admin: %s\n' "$1" >&2; shift; for line in "$@"; do printf '  %s\n' "$line" >&2; done; exit 1; }
is_root_on_debian() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then echo "$name"; return; fi
    done
}

apt_install() {
    say "Installing Debian packages: $*"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

choose_python() {
    python=$(find_python)
    if [ -z "$python" ] && is_root_on_debian; then
        apt_install python3 python3-venv || true
        python=$(find_python)
    fi
    [ -n "$python" ] || stop "needs Python 3.11 or newer, and found none." \
        "Debian, Ubuntu: sudo apt-get install python3 python3-venv" \
        "Elsewhere: install it from your system's packages, then run make again," \
        "or name one: make up PYTHON=/path/to/python3"
}

make_venv() {
    if [ -x $venv/bin/pip ] && new_enough $venv/bin/python; then return; fi
    choose_python
    say "Making the virtual environment $venv with $("$python" --version)"
    if ! makes_venvs "$python" && is_root_on_debian; then apt_install python3-venv || true; fi
    makes_venvs "$python" || stop "'$python' cannot make virtual environments (its module venv or ensurepip is missing)." \
        "Debian, Ubuntu: sudo apt-get install python3-venv" "then run make again."
    rm -rf $venv
    "$python" -m venv $venv
}

# Names what the installation depends on: the interpreter, this folder and pyproject.toml.
fingerprint() { { $venv/bin/python --version; pwd; cat pyproject.toml; } | cksum; }

installed() {
    for covering in "$extra" dev; do
        stamp=$venv/.installed-$covering
        if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then return 0; fi
    done
    return 1
}

install() {
    say "Installing prompts-admin[$extra] into $venv (a minute or two the first time)"
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extra]" ||
        stop "the packages could not be installed; pip's own message stands above." \
            "Without a network: connect it, or point pip to your package index (pip config, PIP_INDEX_URL)." \
            "Behind a proxy: set HTTPS_PROXY. Then run make again; what was fetched is kept."
    fingerprint >$venv/.installed-"$extra"
}

make_venv
if installed; then say "prompts-admin[$extra] is installed in $venv"; else install; fi
