#!/usr/bin/env bash
# A private database on disks that fail: full, without inodes, read-only. Each must be said with its cure, and what was
# committed must be there afterwards. Needs root: the disks are of memory, in a mount namespace of this script's own.
# Usage: deploy/dev/try-disk.sh [PROGRAM]      default: target/debug/agendad
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "must be root: it mounts disks of its own" >&2; exit 1; }
    exec unshare --mount --propagation private "$0" --inside "$(realpath "${1:-target/debug/agendad}")"
fi
program=$2
work=$(mktemp -d)
chmod 711 "$work"
trap 'cd /; umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
export AGENDAD_STATE_DIR=$work/disk/state AGENDAD_HTTP__LISTEN=
export AGENDAD_PORTAL__BASE_URL=http://127.0.0.1:9/

fail() { echo "FAILED: $*" >&2; cat "$work/said" >&2 || true; exit 1; }

# disk OPTIONS: a fresh one, with a database and a table of rows that were committed.
disk() {
    umount "$work/disk" 2>/dev/null || true
    mkdir -p "$work/disk"
    mount -t tmpfs -o "mode=711,$1" agendad "$work/disk"
    "$program" migrate >/dev/null
    sql "CREATE TABLE kept AS SELECT i, md5(i::text) AS text FROM generate_series(1, 1000) i" >/dev/null
}

sql() { "$program" database psql --write -- -X -A -t -v ON_ERROR_STOP=1 -c "$1" 2>"$work/said"; }

# says WORDS COMMAND...: it fails, and says so.
says() {
    local words=$1
    shift
    if "$@" >"$work/said" 2>&1; then fail "it did not fail: $*"; fi
    grep -q -- "$words" "$work/said" || fail "not said: $words"
    printf '  said: %s\n' "$(grep -o -- "[^:]*$words[^;]*" "$work/said" | head -n 1)"
}

nothing_lost() {
    [ "$(sql 'SELECT count(*) FROM kept')" = 1000 ] || fail "rows were lost"
    echo "  afterwards: all 1000 rows"
}

echo "the disk is full"
disk size=160m
dd if=/dev/zero of="$work/disk/ballast" bs=1M 2>/dev/null || true
says "the disk is full\|neither room" "$program" database psql --write -- -c 'SELECT 1'
says "make room" "$program" check --offline
rm "$work/disk/ballast"
nothing_lost

echo "the disk fills while rows are written"
disk size=160m
# If the journal is what no longer fits, the server ends, and starts again only when there is room.
dd if=/dev/zero of="$work/disk/ballast" bs=1M count=40 2>/dev/null
if sql "CREATE TABLE much AS SELECT repeat(md5(i::text), 30) FROM generate_series(1, 400000) i"; then fail "it did not fill"; fi
grep -q "No space left\|server closed the connection" "$work/said" || fail "another trouble"
rm "$work/disk/ballast"
nothing_lost

echo "no more files can be made"
disk size=400m,nr_inodes=4000
mkdir "$work/disk/many"
(cd "$work/disk/many" && i=0 && while : >"$i"; do i=$((i + 1)); done) 2>/dev/null || true
says "neither room nor names\|the disk is full" "$program" database psql --write -- -c 'SELECT 1'
says "more files can be made" "$program" check --offline
rm -r "$work/disk/many"
nothing_lost

echo "the disk is read-only"
disk size=400m
mount -o remount,ro "$work/disk"
says "cannot be written\|Read-only" "$program" database psql --write -- -c 'SELECT 1'
says "cannot be written" "$program" check --offline
grep -q "FAIL *backups .*cannot be written" "$work/said" || fail "that there will be no backups is not said"
mount -o remount,rw "$work/disk"
nothing_lost

echo "all is well"
