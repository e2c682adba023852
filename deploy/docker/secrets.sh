#!/bin/sh
# Makes the secrets of compose.yaml in secrets/, once; what is there stays. Keep a copy of vault.key: without it
# the stored portal passwords are lost.
set -eu
cd "$(dirname "$0")"
# The directory is yours alone. The files must be readable for the users in the containers, who are others.
mkdir -p secrets
chmod 700 secrets
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# What a full disk cuts short gets no name: it would stay.
secret() {
    [ ! -s "secrets/$1" ] || return 0
    printf %s "$2" >"secrets/$1.new"
    chmod 644 "secrets/$1.new"
    mv "secrets/$1.new" "secrets/$1"
    echo "made secrets/$1"
}
secret postgres_password "$(random)"
secret database.url "postgres://agendad:$(cat secrets/postgres_password)@postgres/agenda?sslmode=disable"
secret vault.key "$(head -c 32 /dev/urandom | base64)"
secret http.operator_token "$(random)"
