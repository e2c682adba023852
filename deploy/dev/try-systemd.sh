#!/usr/bin/env bash
# Runs the unit for real: boots a Debian 12 in a directory (systemd-nspawn), installs program and unit in it
# as the unit's header says, and looks: start, credentials, syncs, reload, crash, watchdog, stop under load, a
# refused configuration, a database that is away, the private database, alone and beside commands, a backup verified and put
# back. Needs root and what machine.sh says; takes about two minutes. Not part of CI. Usage: deploy/dev/try-systemd.sh [PROGRAM]
# (default target/release/agendad).
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-target/release/agendad}")
source deploy/dev/machine.sh
need
[ -x "$program" ] || { echo "no $program: cargo build --release" >&2; exit 1; }

step "the machine"
make_machine try-systemd
install -m 755 "$program" "$machine/usr/bin/agendad"
install -m 644 deploy/systemd/agendad.service "$machine/etc/systemd/system/"
install -d -m 755 "$machine/etc/agendad"
install -d -m 700 "$machine/etc/agendad/credentials"
mkdir -p "$machine/usr/share/man/man1"
"$program" man >"$machine/usr/share/man/man1/agendad.1"
# Only what differs from the defaults.
cat >"$machine/etc/agendad/config.toml" <<'END'
[portal]
base_url = "http://127.0.0.1:8080/"
pause_between_requests = "0s"
max_requests_per_second = 0
[scheduler]
splay = "0s"
[[windows]]
name = "near"
from_day = 0
to_day = 3
cron = "*/5 * * * * *"
END
# Faster than the unit, so that nobody waits for minutes; nothing else differs.
install -d "$machine/etc/systemd/system/agendad.service.d"
cat >"$machine/etc/systemd/system/agendad.service.d/fast.conf" <<'END'
[Service]
WatchdogSec=6s
RestartSec=2s
END
boot

step "the unit"
inside systemd-analyze verify /etc/systemd/system/agendad.service && echo "ok: verify is clean"
inside systemd-analyze security --offline=true --threshold=11 /etc/systemd/system/agendad.service | tail -n 1

step "database, portal, credentials"
inside bash -c 'pg_lsclusters -h | grep -q . || pg_createcluster 15 main' >/dev/null
inside systemctl start postgresql
until_true "PostgreSQL answers" 30 inside runuser -u postgres -- psql -qc 'SELECT 1'
sql() { inside runuser -u postgres -- psql -X -q -t -A -v ON_ERROR_STOP=1 "${@:2}" -c "$1" "${database:-postgres}"; }
sql "CREATE ROLE agendad LOGIN PASSWORD 'senha-do-banco'"
sql "CREATE DATABASE agenda OWNER agendad"
database=agenda
credential() { printf %s "$2" >"$machine/etc/agendad/credentials/$1"; chmod 600 "$machine/etc/agendad/credentials/$1"; }
credential database.url 'postgres://agendad:senha-do-banco@127.0.0.1/agenda'
credential http.operator_token 'segredo-do-operador-0123456789abcdef'
inside systemd-run --quiet --unit=portal agendad simulate-portal --examiners 6 --empty-days 0
until_true "the simulated portal listens" 20 inside curl -sf http://127.0.0.1:8081/stats

step "start"
seconds inside systemctl start agendad || fail start
inside systemctl is-active agendad
inside agendad health || fail health
pid() { inside systemctl show -p MainPID --value agendad; }
echo "user: $(inside ps -o user= -p "$(pid)")"
inside stat -c '%A %u %n' /var/lib/private/agendad/vault.key
inside bash -c "! grep -aq 'senha-do-banco\|segredo' /proc/$(pid)/environ /proc/$(pid)/cmdline" && echo "ok: no secret in environment or arguments"

step "examiners, added by root with the same credentials"
inside curl -sf http://127.0.0.1:8081/examiners >"$machine.examiners"
python3 - "$machine.examiners" <<'END' >"$machine.people"
import json, sys
for person in json.load(open(sys.argv[1], encoding="utf-8")):
    print(person["cpf"], person["senha"], person["nome"], sep="\t")
END
while IFS=$'\t' read -r cpf senha nome; do
    printf '%s\n' "$senha" | inside agendad users add --name "$nome" --cpf "$cpf" >/dev/null
done <"$machine.people"
count() { sql "SELECT count(*) FROM agenda_sync_runs WHERE $1"; }
at_least() { [ "$(count "$2")" -ge "$1" ]; }
ask() { inside curl -s -o /dev/null -w '%{http_code}' "$@" 'http://127.0.0.1:8787/api/detran/runs?usuarioId=1'; }
[ "$(ask -H 'Authorization: Bearer segredo-do-operador-0123456789abcdef')" = 200 ] && [ "$(ask)" = 401 ] ||
    fail "the operator's token is not the credential"
echo "ok: the operator's token is the credential"
until_true "12 runs succeed" 60 at_least 12 "status = 'success'"

step "reload"
sed -i 's|^cron = .*|cron = "*/2 * * * * *"|' "$machine/etc/agendad/config.toml"
before=$(pid)
inside systemctl reload agendad
said() { inside journalctl --no-pager -u agendad -o cat | grep -q "$1"; }
until_true "the log says so" 10 said 'configuration reloaded'
[ "$(pid)" = "$before" ] || fail "a reload is no restart"

restarted() { [ "$(pid)" != "$1" ] && [ "$(pid)" != 0 ] && inside systemctl is-active --quiet agendad; }
step "a crash"
before=$(pid)
inside kill -KILL "$before"
seconds until_true "another process is ready" 30 restarted "$before"

step "a process that is stuck"
before=$(pid)
inside kill -STOP "$before"
seconds until_true "the watchdog has replaced it" 90 restarted "$before"
said 'Watchdog timeout' || fail "not by the watchdog"
done_before=$(count "status = 'success'")
until_true "runs go on" 60 at_least "$((done_before + 6))" "status = 'success'"

step "stop under load"
inside curl -sf -H 'content-type: application/json' -d '{"faults":"latency=400ms@result"}' http://127.0.0.1:8081/faults >/dev/null
until_true "runs are under way" 30 at_least 2 "status = 'running'"
echo "running: $(count "status = 'running'")"
seconds inside systemctl stop agendad
inside systemctl show -p Result -p ExecMainStatus agendad
[ "$(count "status = 'running'")" = 0 ] || fail "a run was left running"
[ "$(sql "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND datname = 'agenda'")" = 0 ] || fail "a lock was left"
inside curl -sf -X DELETE http://127.0.0.1:8081/faults >/dev/null

step "a configuration that is refused"
cp "$machine/etc/agendad/config.toml" "$machine.config"
echo 'nonsense = 1' | cat - "$machine.config" >"$machine/etc/agendad/config.toml"
inside systemctl start agendad 2>/dev/null && fail "it started"
inside journalctl --no-pager -u agendad -o cat | grep -m 1 nonsense || fail "it does not say why"
cp "$machine.config" "$machine/etc/agendad/config.toml"
ready() { inside systemctl is-active --quiet agendad && inside agendad health; }
until_true "it starts by itself once that is corrected" 30 ready
inside systemctl stop agendad

step "a database that is away at the start"
inside systemctl stop postgresql
inside systemctl start --no-block agendad
until_true "it has failed and waits for its next try" 30 said 'is it running'
inside systemctl start postgresql
until_true "it starts by itself once the database is back" 60 ready

step "without database.url: the private PostgreSQL, as the dynamic user"
inside systemctl stop agendad
rm "$machine/etc/agendad/credentials/database.url"
seconds inside systemctl start agendad || fail "start with a private database"
until_true "it is ready" 20 ready
inside bash -c 'cat /sys/fs/cgroup/systemd/system.slice/agendad.service/cgroup.procs 2>/dev/null || cat /sys/fs/cgroup/system.slice/agendad.service/cgroup.procs' | wc -l
seconds inside systemctl stop agendad
inside systemctl show -p Result -p ExecMainStatus agendad

step "a command of the service's user holds the private database while the service starts and stops"
# As docs/operate.md says; nobody else passes /var/lib/private.
as_the_service=(-p DynamicUser=yes -p User=agendad -p StateDirectory=agendad -p StateDirectoryMode=0700
    -p UMask=0077 -p LoadCredential=agendad:/etc/agendad/credentials)
as_agendad() { inside systemd-run --quiet --pipe --wait --collect "${as_the_service[@]}" /usr/bin/agendad "$@"; }
inside systemd-run --quiet --unit=shell "${as_the_service[@]}" sh -c 'sleep 600 | agendad database psql'
postmaster() { inside head -n 1 /var/lib/private/agendad/postgres/data/postmaster.pid; }
holds() { inside pgrep -x psql >/dev/null && postmaster >/dev/null; }
until_true "the command's server runs" 30 holds
held=$(postmaster)
seconds inside systemctl start agendad || fail "start beside a command"
until_true "it is ready" 20 ready
[ "$(postmaster)" = "$held" ] || fail "a second server was started on one data directory"
seconds inside systemctl stop agendad
[ "$(postmaster)" = "$held" ] || fail "the command's server was stopped under it"
inside systemctl stop shell
said 'the private database.s server died' && fail "a living server was taken for a dead one"
seconds inside systemctl start agendad || fail "start after a command"
until_true "it is ready" 20 ready

step "a backup is verified beside the service, and put back when it has stopped"
backup=/var/lib/agendad/backups/$(inside sh -c 'agendad backup >/dev/null && ls -t /var/lib/agendad/backups | grep -m 1 "[.]backup$"')
root=$(inside agendad backup verify "$backup" 2>&1) && fail "root passes /var/lib/private"
case "$root" in
    *"cat $backup | systemd-run "*"backup verify -"*) echo "ok: root is told the line" ;;
    *) fail "root is told: $root" ;;
esac
inside cat "$backup" | as_agendad backup verify - || fail "verify beside the service"
ready || fail "the service has noticed"
inside systemctl stop agendad
inside cat "$backup" | as_agendad restore - --replace || fail restore
as_agendad database upgrade --dry-run || fail "rehearsal of an upgrade"
inside test ! -e /var/lib/private/agendad/verify || fail "a throw-away server is left"
seconds inside systemctl start agendad || fail "start after a restore"
until_true "it is ready" 20 ready
inside systemctl stop agendad

step "all is well"
