#!/usr/bin/env bash
# Runs the tests of the Python client, and without arguments the type checkers, too. Needs Python 3.9 or newer (the checkers
# 3.10), and a package index the first time: packages are kept under node_modules/.cache. PYTHON names another interpreter.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
root=$(cd .. && pwd)
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
packages=$root/node_modules/.cache/client-python-$version-$(cksum <requirements-test.txt | cut -d' ' -f1)

if [ ! -d "$packages" ]; then
  mkdir -p "$(dirname "$packages")"
  # Into a folder of its own and renamed: two first runs cannot collide, and one that is broken off leaves nothing in use.
  new=$(mktemp -d "$packages.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  "$python" -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --no-compile --root-user-action=ignore \
    --target "$new" --requirement requirements-test.txt
  "$python" -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$packages" 2>/dev/null || [ -d "$packages" ]
  rm -rf "$new"
fi

# The servers of the tests run on the Node.js of this checkout.
export PATH="$root/node_modules/.bin:$PATH" PYTHONPATH="$PWD:$packages" PYTHONDONTWRITEBYTECODE=1

if [ $# -eq 0 ] && [ "$version" != 3.9 ]; then
  for target in 3.10 "$version"; do
    "$python" -m mypy --cache-dir=/dev/null --python-version "$target" token_refresher_client
    pyright --pythonversion "$target" token_refresher_client
  done
  pyright --verifytypes token_refresher_client --ignoreexternal
fi
exec "$python" -m unittest discover --top-level-directory . --start-directory tests "$@"
