#!/usr/bin/env bash
# Builds the Debian package: target/debian/agendad_<version>_<architecture>.deb. Needs Rust and cargo-deb
# (cargo install cargo-deb --locked). With --no-build it takes target/release/agendad as it is.
#
# What the package does: it installs the program, its unit, /etc/agendad/config.toml (a conffile: what you
# changed there survives upgrades), manual pages and completions, and makes /etc/agendad/credentials. It
# neither enables nor starts the service, because nothing is configured yet:
#   printf %s 'postgres://…' >/etc/agendad/credentials/database.url; chmod 600 /etc/agendad/credentials/*
#   agendad check; systemctl enable --now agendad    (before the first start check misses the tables)
# An upgrade restarts a service that runs, within its grace. remove keeps settings and state; purge deletes
# both, the key that opens the stored passwords included.
set -euo pipefail
cd "$(dirname "$0")/../.."

case "${1:-}" in
    "") cargo build --release --locked ;;
    --no-build) ;;
    *) echo "usage: $0 [--no-build]" >&2; exit 2 ;;
esac

# Made by the program itself, which needs no settings for that.
made=target/package
program=target/release/agendad
rm -rf "$made"
mkdir -p "$made/completions"
AGENDAD_LANG=en "$program" man --dir "$made/man"
AGENDAD_LANG=pt "$program" man --dir "$made/man-pt"
for shell in bash zsh fish; do
    AGENDAD_LANG=en "$program" completions "$shell" >"$made/completions/$shell"
done

cargo deb --no-build --locked
