#!/usr/bin/env bash
# Runs deploy/docker/compose.yaml with the simulated portal and looks: health, syncs, what is in the image and what
# the container may do, Redis killed, the daemon killed, a stop under load. Needs a Docker engine and compose
# (COMPOSE, default "docker compose"), port 8787 free, and the image or the network to build it. Not part of CI.
set -euo pipefail
cd "$(dirname "$0")/../docker"
compose="${COMPOSE:-docker compose} --profile try"
export PORTAL=http://127.0.0.1:8080/ COMPOSE_PROJECT_NAME=agendad-try

step() { printf '\n==> %s (after %d s)\n' "$1" "$SECONDS"; }
fail() { echo "FAILED: $*" >&2; $compose logs --tail 30 agendad >&2; exit 1; }
until_true() {
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "not in time: $what"
        sleep 0.5
    done
    echo "ok: $what"
}
agendad() { $compose exec -T agendad agendad "$@"; }
count() { $compose exec -T postgres psql -U agendad -d agenda -XAtc "SELECT count(*) FROM agenda_sync_runs WHERE $1" </dev/null; }
at_least() { [ "$(count "$2")" -ge "$1" ]; }
trap '$compose down --volumes --timeout 40 >/dev/null 2>&1 || true' EXIT

step "start"
./secrets.sh
$compose up -d
id() { $compose ps -q agendad; }
healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$(id)")" = healthy ]; }
until_true "the engine says healthy" 120 healthy
docker image ls --format '{{.Repository}} {{.Size}}' agendad
docker inspect -f 'user {{.Config.User}}, read-only root {{.HostConfig.ReadonlyRootfs}}, capabilities dropped {{.HostConfig.CapDrop}}, memory {{.HostConfig.Memory}}' "$(id)"
docker export "$(id)" | tar -t | grep -cE '(^|/)(sh|bash|dash|apt)$' || true
agendad check

step "syncs"
network="container:$(id)"
people=$(docker run --rm --network "$network" --entrypoint "" "${CURL_IMAGE:-curlimages/curl}" curl -sf http://127.0.0.1:8081/examiners)
python3 -c 'import json, sys
for p in json.loads(sys.argv[1]): print(p["cpf"], p["senha"], p["nome"], sep="\t")' "$people" |
while IFS=$'\t' read -r cpf senha nome; do
    printf '%s\n' "$senha" | agendad users add --name "$nome" --cpf "$cpf"
done
# Both windows of each, at once: the ticks that came before they were there.
until_true "10 runs succeed" 120 at_least 10 "status = 'success'"
agendad sessions list </dev/null

step "Redis killed"
docker kill "$($compose ps -q redis)" >/dev/null
agendad sync --user 1 --window near --json </dev/null | grep -o '"logins":[0-9]*\|"session_reused":[a-z]*\|"status":"[a-z]*"' | paste -sd ' '
$compose up -d redis >/dev/null 2>&1

step "the daemon killed: the engine starts it again"
before=$(docker inspect -f '{{.State.StartedAt}}' "$(id)")
kill -KILL "$(docker inspect -f '{{.State.Pid}}' "$(id)")"
again() { [ "$(docker inspect -f '{{.State.StartedAt}}' "$(id)")" != "$before" ] && healthy; }
until_true "it is healthy again" 90 again

step "stop"
start=$(date +%s.%N)
$compose stop agendad >/dev/null 2>&1
awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "stopped in %.1f s\n", b - a }'
docker inspect -f 'exit code {{.State.ExitCode}}' "$($compose ps -aq agendad)"
[ "$(count "status = 'running'")" = 0 ] || fail "a run was left running"

step "all is well"
