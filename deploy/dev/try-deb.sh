#!/usr/bin/env bash
# Installs the Debian package in a Debian 12 that boots, and does with it what an administrator does: install,
# configure, start, upgrade with changed settings, remove, install again, purge. Needs root, what machine.sh
# says, and cargo-deb (for a second version of the package). Not part of CI.
# Usage: deploy/debian/build.sh && deploy/dev/try-deb.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
source deploy/dev/machine.sh
need
package=$(ls -t target/debian/agendad_*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || { echo "no package: deploy/debian/build.sh" >&2; exit 1; }

step "the machine"
make_machine try-deb
cp "$package" "$machine/root/old.deb"
# The same files as a later version.
rm -rf "$machine.deb" && dpkg-deb -R "$package" "$machine.deb"
sed -i 's/^Version: .*/Version: 99.0-1/' "$machine.deb/DEBIAN/control"
sed -i '1i # A comment of the next version.' "$machine.deb/etc/agendad/config.toml"
(cd "$machine.deb" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group -b "$machine.deb" "$machine/root/new.deb" >/dev/null
if command -v lintian >/dev/null; then
    step "lintian"
    # Not for the archive: no bug closed, no free licence, no Debian changelog to speak of.
    lintian --no-tag-display-limit --suppress-tags initial-upload-closes-no-bugs "$package" || true
fi
boot
apt() { inside env DEBIAN_FRONTEND=noninteractive dpkg --force-confold "$@"; }

step "install"
apt -i /root/old.deb
inside systemctl is-enabled agendad || true
inside systemctl is-active agendad || true
inside stat -c '%A %U %n' /etc/agendad/credentials /etc/agendad/config.toml
inside dpkg-query -W -f '${Conffiles}\n' agendad
inside man -w agendad
inside man -w agendad-users-add
inside man -L pt_BR.UTF-8 -w agendad-users-add
inside bash -c 'source /usr/share/bash-completion/completions/agendad && complete -p agendad'
inside systemd-analyze verify agendad.service && echo "ok: verify is clean"
inside agendad --version

step "configure and start"
inside systemctl start postgresql
until_true "PostgreSQL answers" 30 inside runuser -u postgres -- psql -qc 'SELECT 1'
inside runuser -u postgres -- psql -q -c "CREATE ROLE agendad LOGIN PASSWORD 'senha'" -c "CREATE DATABASE agenda OWNER agendad"
printf %s 'postgres://agendad:senha@127.0.0.1/agenda' >"$machine/etc/agendad/credentials/database.url"
chmod 600 "$machine/etc/agendad/credentials/database.url"
# No real portal: the machine has no network, and this names none.
sed -i 's|^base_url = .*|base_url = "http://127.0.0.1:8080/"|' "$machine/etc/agendad/config.toml"
sed -i 's/^workers = .*/workers = 3/' "$machine/etc/agendad/config.toml"
inside systemctl enable --now agendad
ready() { inside agendad health; }
until_true "it is ready" 30 ready
pid() { inside systemctl show -p MainPID --value agendad; }

step "upgrade"
before=$(pid)
apt -i /root/new.deb
until_true "the new one is ready" 30 ready
[ "$(pid)" != "$before" ] && echo "ok: the service was restarted"
inside grep -q '^workers = 3' /etc/agendad/config.toml && echo "ok: the administrator's settings stay"
inside ls /etc/agendad
inside dpkg-query -W agendad

step "upgrade of a service that is stopped"
inside systemctl stop agendad
apt -i /root/new.deb >/dev/null
inside systemctl is-active agendad && fail "it was started" || true

step "remove"
inside systemctl start agendad
apt -r agendad
inside systemctl is-active agendad || true
inside ls /etc/agendad /var/lib/private/agendad
[ ! -e "$machine/usr/bin/agendad" ] && echo "ok: the program is gone, settings and state stay"

step "install again"
said=$(apt -i /root/new.deb)
grep -q 'stopped: sudo systemctl enable --now agendad' <<<"$said" || fail "it does not say that the service is stopped"
inside systemctl enable --now agendad
until_true "it is ready, as configured" 30 ready

step "purge"
apt -P agendad
left=$(cd "$machine" && find etc var/lib usr -name '*agendad*' -not -path 'var/lib/dpkg/*' -not -path 'var/lib/postgresql/*')
[ -z "$left" ] || fail "left behind: $left"
echo "ok: nothing is left"
inside systemctl is-enabled agendad 2>&1 | head -n 1 || true

step "all is well"
