#!/usr/bin/env bash
# Checks every query of the sources against the schema of `migrations/`, and writes what it learns to
# `.sqlx`, so that the crate builds without a database. With --check it changes nothing and fails if
# `.sqlx` is not what it would write. Does the work of `cargo sqlx prepare` without that tool.
set -euo pipefail
cd "$(dirname "$0")/../.."
project=$PWD

check=false
case "${1:-}" in
    "") ;;
    --check) check=true ;;
    *) echo "usage: $0 [--check]" >&2; exit 2 ;;
esac

# The directory of the server programs: of those on the PATH, else Debian's highest version.
find_programs() {
    local postgres
    if command -v initdb >/dev/null && postgres=$(command -v postgres); then
        dirname "$(readlink -f "$postgres")"
        return
    fi
    postgres=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
    [ -x "$postgres" ] || { echo "no PostgreSQL server programs: run 'make prepare'" >&2; exit 1; }
    dirname "$postgres"
}
programs=$(find_programs)

# Short, because a socket lies in it.
work=$(mktemp -d /tmp/agendad-sqlx.XXXXXX)
mkdir "$work/server" "$work/queries"

# The server refuses to run as root.
server_user=()
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    server_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
    chmod 711 "$work"
    chown "$user" "$work/server"
fi
chmod 700 "$work/server"

serve() {
    (cd "$work/server" && "${server_user[@]}" env LC_ALL=C "$programs/$1" "${@:2}")
}

tidy() {
    if [ -e "$work/server/data/postmaster.pid" ]; then
        serve pg_ctl -D data -m immediate -s stop || true
    fi
    rm -rf "$work"
}
trap tidy EXIT
trap 'exit 130' INT TERM

serve initdb -D data --username=agendad --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
serve pg_ctl -D data -l log -s -w start \
    -o "-c listen_addresses= -c unix_socket_directories=$work/server -c port=5432 -c fsync=off" ||
    { cat "$work/server/log" >&2; exit 1; }

socket=${work//\//%2F}%2Fserver
url_of() { echo "postgres://agendad@$socket:5432/$1?sslmode=disable"; }
psql=(psql -X -q -v ON_ERROR_STOP=1)
"${psql[@]}" "$(url_of postgres)" -c 'CREATE DATABASE agendad'

# One transaction per migration, unless it says otherwise: as sqlx runs them.
shopt -s nullglob
for migration in migrations/*.sql; do
    one=(-1)
    [[ $(head -n 1 "$migration") == "-- no-transaction"* ]] && one=()
    "${psql[@]}" "$(url_of agendad)" "${one[@]}" -f "$migration" >/dev/null 2>"$work/psql.log" ||
        { cat "$work/psql.log" >&2; exit 1; }
done

# The macros write what they learn to SQLX_OFFLINE_DIR while they compile; so the store, which has them all, must be
# compiled now. With the examples, the dependencies have the features that the tests and the lints give them too, and are
# checked once for all.
touch crates/store/src/lib.rs
DATABASE_URL=$(url_of agendad) SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$work/queries \
    cargo check --quiet --locked --workspace --lib --examples

count=$(find "$work/queries" -name 'query-*.json' | wc -l)
mkdir -p "$work/empty"
known=$project/.sqlx
[ -d "$known" ] || known=$work/empty
if diff -rq "$known" "$work/queries" >"$work/differences"; then
    echo ".sqlx is fresh ($count queries)"
elif $check; then
    sed -e "s|$work/queries|what the sources need|g; s|$project/||g" "$work/differences" >&2
    echo ".sqlx is not what the sources need: run 'make sqlx' and commit it" >&2
    exit 1
else
    mkdir -p .sqlx
    rm -f .sqlx/query-*.json
    if [ "$count" -gt 0 ]; then cp "$work"/queries/query-*.json .sqlx/; fi
    echo ".sqlx written ($count queries)"
fi
