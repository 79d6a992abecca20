#!/usr/bin/env bash
# local/install.sh VENV LOCK: makes the virtual environment and puts the lock's libraries and Vidare itself into it.
set -euo pipefail
venv=$1 lock=$2

fail() {
  printf 'vidare: %s\n' "$1" >&2
  exit 1
}

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }

choose_python() {
  for name in ${VIDARE_PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if command -v "$name" >/dev/null && suits "$name"; then
      printf '%s' "$name"
      return
    fi
  done
  fail "no Python 3.11, 3.12 or 3.13 found ($(python3 --version 2>/dev/null || echo 'no python3 at all')); install one, or name it: make run VIDARE_PYTHON=/path/to/python3.13"
}

make_venv() {
  local python
  python=$(choose_python)
  "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python has no venv module; install it (Debian, Ubuntu: apt install python3-venv)"
  echo "making $venv with $("$python" --version) …"
  rm -rf "$venv"
  "$python" -m venv "$venv" || fail "$python could not make $venv"
}

{ [ -x "$venv/bin/python" ] && suits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; } || make_venv

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
total=$(grep -c '^[a-zA-Z0-9]' "$lock")
echo "installing $total libraries from $lock …"
"$venv/bin/python" -m pip install --progress-bar off --require-hashes --only-binary :all: -r "$lock" 2>&1 |
  awk -v total="$total" '
    /^Collecting / { n++; if (n % 20 == 0) { printf "  %d of %d fetched\n", n, total; fflush() } next }
    /^Installing collected/ { print "  unpacking …"; fflush(); next }
    /^(ERROR|WARNING)/ { print "  " $0; fflush() }' ||
  fail "the libraries could not be installed (above: why); is the package registry reachable?"
"$venv/bin/python" -m pip install -q --no-deps --no-build-isolation -e . || fail "Vidare itself could not be installed into $venv"
rm -rf build ./*.egg-info

# Bounces as more than a hundred servers write them: flufl.bounce's source package has them, its wheel does not. By the lock's hash.
fetch_bounces() {
  local folder=$venv/share/flufl.bounce
  rm -rf "$folder"
  mkdir -p "$folder"
  awk '/^flufl-bounce==/ { own = 1 } own { print } own && !/\\$/ { exit }' "$lock" >"$folder/requirement.txt"
  "$venv/bin/python" -m pip download -q --no-deps --no-binary :all: --no-build-isolation --require-hashes \
    -r "$folder/requirement.txt" -d "$folder" && tar -xzf "$folder"/*.tar.gz -C "$folder" --strip-components=1
}
if grep -q '^hatchling==' "$lock"; then # the lock of the tests
  fetch_bounces || echo "  flufl.bounce's source package could not be fetched: the tests that read its bounces are skipped" >&2
fi
echo "installed."
