#!/bin/sh
# Drives the dashboard with Chromium where that is there (tests/browser/first_day.py and browse.py), and says so where it is not.
#   run.sh          with axe if it has been fetched before
#   run.sh --built  the same with the program as `cargo test` has just built it
#   run.sh --axe    fetches axe (axe-core, MPL-2.0, from npm; kept in target/axe, part of nothing that is built)
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
for program in chromium chromedriver python3; do
    command -v $program >/dev/null || { echo "$program is not installed: the dashboard was not looked at in a browser"; exit 0; }
done
python3 -c 'import selenium' 2>/dev/null || { echo "selenium (pip) is not installed: the dashboard was not looked at in a browser"; exit 0; }
axe=$target/axe/package/axe.min.js
if [ "${1:-}" = --axe ] && [ ! -f "$axe" ]; then
    mkdir -p "$target/axe"
    (cd "$target/axe" && tar xzf "$(npm pack --silent axe-core@4.14.1)")
fi
[ ! -f "$axe" ] || export AXE=$axe
[ "${1:-}" = --built ] || cargo build --locked
python3 tests/browser/first_day.py "$target/browser"
exec python3 tests/browser/browse.py "$target/browser"
