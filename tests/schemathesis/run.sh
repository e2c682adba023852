#!/usr/bin/env bash
# Drives the API of a running daemon, against a simulated portal, by its own OpenAPI description: no
# answer that it does not describe, no 5xx, no route without authentication. Needs `cargo build`, python3
# and schemathesis (pip install schemathesis). Further arguments go to `schemathesis run`.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v schemathesis >/dev/null || { echo "schemathesis is missing: pip install schemathesis" >&2; exit 1; }
agendad=$PWD/target/debug/agendad
work=$(mktemp -d /tmp/agendad-schemathesis.XXXXXX)
chmod 711 "$work"
pids=()
tidy() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap tidy EXIT

secret=a-secret-for-schemathesis-0123456789
export AGENDAD_STATE_DIR=$work/state AGENDAD_HTTP__JWT_SECRET=$secret
export AGENDAD_PORTAL__BASE_URL=http://127.0.0.1:18080/ AGENDAD_HTTP__LISTEN=127.0.0.1:18787
export AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS=0s AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND=0
# It sends thousands of wrong tokens on purpose.
export AGENDAD_HTTP__MAX_FAILED_AUTH=0 AGENDAD_HTTP__MAX_SYNCS=16

until_it_answers() {
    for _ in $(seq 100); do
        curl --silent --fail --output /dev/null "$1" && return
        sleep 0.1
    done
    echo "$1 does not answer" >&2
    return 1
}

"$agendad" simulate-portal --listen 127.0.0.1:18080 --control 127.0.0.1:18081 --examiners 3 >"$work/portal.log" 2>&1 &
pids+=($!)
until_it_answers http://127.0.0.1:18081/examiners
curl --silent http://127.0.0.1:18081/examiners |
    python3 -c 'import json, sys
for e in json.load(sys.stdin): print(e["cpf"], e["senha"], e["nome"], sep="\t")' >"$work/examiners"
while IFS=$'\t' read -r cpf senha nome; do
    printf %s "$senha" | "$agendad" users add --name "$nome" --cpf "$cpf"
done <"$work/examiners"
"$agendad" run --no-schedule --no-work >"$work/daemon.log" 2>&1 &
pids+=($!)
until_it_answers http://127.0.0.1:18787/readyz

token=$(python3 - "$secret" <<'PYTHON'
import base64, hashlib, hmac, json, sys, time
part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
claims = {"userId": 1, "exp": int(time.time()) + 7200, "perfil": "administrador"}
message = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
print((message + b"." + part(hmac.new(sys.argv[1].encode(), message, hashlib.sha256).digest())).decode())
PYTHON
)
schemathesis --config-file tests/schemathesis/schemathesis.toml run http://127.0.0.1:18787/api/openapi.json \
    --header "Authorization: Bearer $token" "$@"
