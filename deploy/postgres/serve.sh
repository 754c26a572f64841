#!/bin/bash
# Serves the folder /var/lib/postgresql/data; the first time, it is made with POSTGRES_PASSWORD, or
# with what the file POSTGRES_PASSWORD_FILE holds.
set -euo pipefail
data=/var/lib/postgresql/data
programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1)

if [ ! -s "$data/PG_VERSION" ]; then
    [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || POSTGRES_PASSWORD=$(< "$POSTGRES_PASSWORD_FILE")
    : "${POSTGRES_PASSWORD:?is not set: the administrator needs a password}"
    "$programs/initdb" -D "$data" --username=postgres --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") \
        --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
fi

exec "$programs/postgres" -D "$data" -c listen_addresses='*' -c max_connections=200 \
    -c unix_socket_directories='' -c timezone=UTC -c log_timezone=UTC
