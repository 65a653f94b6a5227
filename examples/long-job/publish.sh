#!/bin/sh
# The step that has the credential: asks for it, uses it, gives it back. Nothing of it is written down.
set -eu

jwt=${JOB_TOKEN:-$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$VAULT_ADDR" | jq -r .value)}

login=$(curl -sSf "$VAULT_ADDR/v1/auth/github/login" -d "{\"role\":\"publish\",\"jwt\":\"$jwt\"}")
token=$(echo "$login" | jq -r .auth.client_token)
# With the session its leases end, however this step ends.
trap 'curl -sSf -X POST -H "X-Vault-Token: $token" "$VAULT_ADDR/v1/auth/token/revoke-self"' EXIT

lease=$(curl -sSf -H "X-Vault-Token: $token" "$VAULT_ADDR/v1/reports/creds/publish")
PGUSER=$(echo "$lease" | jq -r .data.username)
PGPASSWORD=$(echo "$lease" | jq -r .data.password)
export PGUSER PGPASSWORD

psql --set ON_ERROR_STOP=1 --file "$1"
