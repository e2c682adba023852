# A Debian 12 that boots, for try-systemd.sh and try-deb.sh, which source this file. Needs root, debootstrap
# and systemd-container; the first use fetches packages (about 2 minutes). MACHINES says where it lives
# (default /var/tmp/agendad-machines); nothing else of this computer is touched, and its network is its own.

machines=${MACHINES:-/var/tmp/agendad-machines}
machine=
booted=

need() {
    local tool
    [ "$(id -u)" -eq 0 ] || { echo "must be root: it boots a machine in a directory" >&2; exit 1; }
    for tool in debootstrap systemd-nspawn nsenter; do
        command -v "$tool" >/dev/null && continue
        echo "needs $tool: apt-get install debootstrap systemd-container util-linux" >&2
        exit 1
    done
}

# make_machine NAME: a fresh copy of the base, which is made once.
make_machine() {
    local base=$machines/base
    if [ ! -e "$base.made" ]; then
        echo "making $base ..."
        rm -rf "$base"
        mkdir -p "$machines"
        debootstrap --variant=minbase \
            --include=ca-certificates,curl,libnss-systemd,procps,systemd,systemd-sysv,dbus,man-db,init-system-helpers,postgresql,redis-server \
            bookworm "$base" http://deb.debian.org/debian >"$machines/debootstrap.log" 2>&1 ||
            { tail -n 20 "$machines/debootstrap.log" >&2; exit 1; }
        touch "$base.made"
    fi
    machine=$machines/$1
    rm -rf "$machine"
    cp -a --reflink=auto "$base" "$machine"
    rm -f "$machine/usr/sbin/policy-rc.d"
    # Without an id it would be a first boot, at which every unit is enabled.
    tr -d - </proc/sys/kernel/random/uuid >"$machine/etc/machine-id"
    rm -f "$machine"/etc/systemd/system/multi-user.target.wants/systemd-networkd.service
    echo "$1" >"$machine/etc/hostname"
}

boot() {
    trap power_off EXIT
    systemd-nspawn --quiet --boot --directory="$machine" --register=no --keep-unit --console=pipe \
        --private-network --kill-signal=SIGRTMIN+3 </dev/null >"$machine.console" 2>&1 &
    booted=$!
    local look
    for look in $(seq 300); do
        leader=$(pgrep -P "$booted" | head -n 1 || true)
        # A degraded system has booted too.
        if [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then
            echo "booted after $SECONDS s"
            return
        fi
        sleep 0.2
    done
    echo "looked $look times" >&2
    tail -n 30 "$machine.console" >&2
    echo "the machine does not boot" >&2
    exit 1
}

# inside COMMAND...: as root in the running machine.
inside() {
    nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd="/proc/$leader/root" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root SYSTEMD_PAGER=cat "$@"
}

power_off() {
    [ -n "$booted" ] || return 0
    inside systemctl poweroff >/dev/null 2>&1 || kill "$booted" 2>/dev/null || true
    wait "$booted" 2>/dev/null || true
    booted=
}

step() { printf '\n==> %s (after %d s)\n' "$1" "$SECONDS"; }

fail() { echo "FAILED: $*" >&2; inside journalctl --no-pager -u agendad -n 40 -o cat >&2 || true; exit 1; }

# until_true WHAT SECONDS COMMAND...: looks ten times a second.
until_true() {
    local what=$1 within=$2 end
    shift 2
    end=$((SECONDS + within))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "not within $within s: $what"
        sleep 0.1
    done
    echo "ok: $what"
}

# seconds COMMAND...: how long it takes.
seconds() {
    local start
    start=$(date +%s.%N)
    "$@"
    awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f s\n", b - a }'
}
