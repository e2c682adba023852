#!/usr/bin/env bash
# Sees to the system packages that building, testing and the demo need: on Debian and its kin it
# installs what is missing, if it may (as root, or with sudo that asks for no password); elsewhere it
# says what to install. It says nothing when nothing is missing. No service is left running by it.
# Further programs that are wanted are arguments, each with its Debian package: promtool:prometheus.
set -euo pipefail

extras=("$@")

have() { command -v "$1" >/dev/null 2>&1; }

# The server programs are not on the PATH in Debian.
have_postgres_server() {
    local initdb
    { have initdb && have postgres; } && return 0
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$initdb" ] && return 0
    done
    return 1
}

# Where Debian, Fedora and Alpine keep the certificates of authorities.
have_authorities() {
    local file
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
        [ -s "$file" ] && return 0
    done
    return 1
}

# Without these something does not work.
missing_packages() {
    have_postgres_server || echo postgresql
    have psql || echo postgresql-client
    # Not on everybody's PATH in Debian either; the tests start it.
    { have pgbouncer || [ -x /usr/sbin/pgbouncer ]; } || echo pgbouncer
    have cc || { echo gcc; echo libc6-dev; }
    have pkg-config || echo pkg-config
    have make || echo make
    # Without them there is no TLS client, not even for a portal's double.
    have_authorities || echo ca-certificates
    # The tests start it, on a port of its own.
    have redis-server || echo redis-server
    # The example of a receiver of webhooks, which the tests start.
    have python3 || echo python3
    local extra
    for extra in "${extras[@]}"; do
        have "${extra%%:*}" || echo "${extra##*:}"
    done
}

say_what_to_install() {
    cat >&2 <<END
agendad needs software that this machine lacks: $*

  Debian, Ubuntu   sudo apt-get install $*
  Fedora           sudo dnf install postgresql-server postgresql pgbouncer redis gcc pkgconf make ca-certificates python3
  Arch             sudo pacman -S postgresql pgbouncer redis gcc pkgconf make ca-certificates python
  Alpine           sudo apk add postgresql postgresql-client pgbouncer redis gcc musl-dev pkgconf make ca-certificates python3

PostgreSQL need not be set up nor started: agendad starts its own.
END
}

# Runs a command as root, or fails.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    have apt-get && as_root true 2>/dev/null
}

# Debian sets up and starts what it installs. Two files keep it from that while we install: one that
# forbids starting services, one that forbids making a cluster. A file of that name that is already
# there is its owner's, and stays.
no_start=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/agendad.conf
made=()

# write FILE TEXT
write() {
    [ -e "$1" ] && return 0
    made+=("$1")
    as_root mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" | as_root tee "$1" >/dev/null
    as_root chmod 755 "$1"
}

tidy() {
    [ ${#made[@]} -eq 0 ] || as_root rm -f "${made[@]}"
}

# The services that start with the machine: systemd's links, and those of System V.
enabled() {
    local link
    for link in /etc/systemd/system/*.wants/*.service /etc/rc[2-5].d/S[0-9][0-9]*; do
        if [ -e "$link" ] || [ -L "$link" ]; then echo "$link"; fi
    done
}

# stay_off: takes back every link that was not among those in $before, whichever package brought it.
stay_off() {
    local link name
    while read -r link; do
        [[ $'\n'$before$'\n' == *$'\n'"$link"$'\n'* ]] && continue
        name=${link##*/}
        case "$link" in
            /etc/systemd/*)
                if have systemctl; then
                    as_root systemctl disable --quiet "${name%.service}" >/dev/null 2>&1 || as_root rm -f "$link"
                elif have deb-systemd-helper; then
                    as_root deb-systemd-helper disable "$name" >/dev/null 2>&1 || as_root rm -f "$link"
                else
                    as_root rm -f "$link"
                fi
                ;;
            *) as_root update-rc.d "${name:3}" disable >/dev/null 2>&1 || as_root rm -f "$link" ;;
        esac
    done < <(enabled)
}

install() {
    local before
    before=$(enabled)
    trap tidy EXIT
    write "$no_start" $'#!/bin/sh\nexit 101'
    write "$no_cluster" 'create_main_cluster = false'
    echo "installing: $*" >&2
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    as_root "${apt[@]}" update
    as_root "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >/dev/null
    # Not started now, and not at the next start of the machine either.
    stay_off
}

main() {
    if ! have cargo; then
        echo "agendad is built with Rust 1.95 or newer: see https://rustup.rs" >&2
        exit 1
    fi
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -eq 0 ] && return 0
    if may_install; then
        install "${missing[@]}"
    fi
    mapfile -t missing < <(missing_packages)
    if [ ${#missing[@]} -ne 0 ]; then
        say_what_to_install "${missing[@]}"
        exit 1
    fi
}

main
