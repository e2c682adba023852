#!/usr/bin/env bash
# Tries TLS to PostgreSQL and Redis: servers with a certificate of a CA made for it, and every sslmode from
# `agendad check`. Needs openssl, psql, redis-server and PostgreSQL's programs; not part of CI.
# Usage: deploy/dev/try-tls.sh [PROGRAM] (default target/release/agendad)
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-target/release/agendad}")
bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
work=$(mktemp -d /tmp/agendad-tls.XXXXXX)
chmod 711 "$work"
server_user=()
[ "$(id -u)" -ne 0 ] || server_user=(setpriv --reuid=postgres --regid=postgres --clear-groups)
redis=
tidy() {
    (cd "$work/pg" && "${server_user[@]}" "$bin/pg_ctl" -D data -m immediate -s stop) || true
    [ -z "$redis" ] || kill "$redis" || true
    rm -rf "$work"
}
trap tidy EXIT

certificate() { # certificate NAME CA: for localhost, not for 127.0.0.1
    openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=localhost" 2>/dev/null
    openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -CAcreateserial -days 2 \
        -extfile <(echo 'subjectAltName=DNS:localhost') -out "$work/$1.crt" 2>/dev/null
}
for ca in ca other; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/$ca.key" -out "$work/$ca.crt" -subj "/CN=$ca" 2>/dev/null
done
certificate server ca

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
pg=$(port)
install -d -m 700 "$work/pg"
cp "$work/server.crt" "$work/server.key" "$work/pg/"
chmod 600 "$work/pg/server.key"
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$work/pg"
(cd "$work/pg" && "${server_user[@]}" "$bin/initdb" -D data -U agendad --auth-local=trust --auth-host=reject --no-sync >/dev/null
 echo 'hostssl all all 127.0.0.1/32 trust' | "${server_user[@]}" tee data/pg_hba.conf >/dev/null
 "${server_user[@]}" "$bin/pg_ctl" -D data -l log -s -w start -o "-c listen_addresses=127.0.0.1 -c port=$pg -c unix_socket_directories= -c ssl=on -c ssl_cert_file=$work/pg/server.crt -c ssl_key_file=$work/pg/server.key -c fsync=off")

try() { # try EXPECTED LINE NAME=VALUE...: what check says of a part
    local expected=$1 part=$2 said
    shift 2
    said=$(cd "$work" && env -i PATH="$PATH" AGENDAD_STATE_DIR="$work/state" AGENDAD_PORTAL__BASE_URL=http://127.0.0.1:9/ \
        CREDENTIALS_DIRECTORY="$work" "$@" "$program" check 2>&1 | grep -E "^(ok|warn|FAIL) +$part" | head -n 1 || true)
    printf '%s\n     %s\n' "${*//$work/}" "${said:-nothing}"
    [[ $said == "$expected"* ]] || { echo "FAILED: expected $expected" >&2; exit 1; }
}
url=postgres://agendad@localhost:$pg/postgres
try ok database AGENDAD_DATABASE__URL="$url?sslmode=verify-full&sslrootcert=$work/ca.crt"
try ok database AGENDAD_DATABASE__URL="$url?sslmode=verify-ca&sslrootcert=$work/ca.crt"
try ok database AGENDAD_DATABASE__URL="$url?sslmode=require"
try ok database AGENDAD_DATABASE__URL="$url"
try ok database AGENDAD_DATABASE__URL="$url?sslmode=verify-full" SSL_CERT_FILE="$work/ca.crt"
try FAIL database AGENDAD_DATABASE__URL="$url?sslmode=verify-full"
try FAIL database AGENDAD_DATABASE__URL="$url?sslmode=verify-full&sslrootcert=$work/other.crt"
try FAIL database AGENDAD_DATABASE__URL="postgres://agendad@127.0.0.1:$pg/postgres?sslmode=verify-full&sslrootcert=$work/ca.crt"
try ok database AGENDAD_DATABASE__URL="postgres://agendad@127.0.0.1:$pg/postgres?sslmode=verify-ca&sslrootcert=$work/ca.crt"
try FAIL database AGENDAD_DATABASE__URL="$url?sslmode=disable"

tls=$(port)
redis-server --bind 127.0.0.1 --port 0 --tls-port "$tls" --tls-cert-file "$work/server.crt" --tls-key-file "$work/server.key" \
    --tls-ca-cert-file "$work/ca.crt" --tls-auth-clients no --save "" --dir "$work" >/dev/null &
redis=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$tls") 2>/dev/null; do sleep 0.1; done
store="AGENDAD_SESSION__STORE=redis"
database="AGENDAD_DATABASE__URL=$url?sslmode=require"
try ok redis "$store" "$database" AGENDAD_REDIS__URL="rediss://localhost:$tls/0" SSL_CERT_FILE="$work/ca.crt"
try FAIL redis "$store" "$database" AGENDAD_REDIS__URL="rediss://localhost:$tls/0" SSL_CERT_FILE="$work/other.crt"
try FAIL redis "$store" "$database" AGENDAD_REDIS__URL="rediss://127.0.0.1:$tls/0" SSL_CERT_FILE="$work/ca.crt"
echo "all is well"
