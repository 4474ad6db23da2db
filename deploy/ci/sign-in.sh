#!/usr/bin/env bash
# Signs the oci command line in, for one job of a GitHub workflow. With OCI_DOMAIN_URL, GitHub's word for the job is exchanged there
# for a token that ends by itself; without, a stored API key is used. No secret is in an argument, which other processes could read.
set -euo pipefail
umask 077
: "${OCI_TENANCY:?}" "${OCI_REGION:?}"
folder=$HOME/.oci
key=$folder/key.pem
mkdir -p "$folder"

profile() {
  printf '%s\n' "[DEFAULT]" "tenancy=$OCI_TENANCY" "region=$OCI_REGION" "key_file=$key" "$@" > "$folder/config"
}

if [ -z "${OCI_DOMAIN_URL:-}" ]; then
  : "${OCI_USER:?set OCI_DOMAIN_URL, or the stored key: OCI_USER, OCI_FINGERPRINT, OCI_API_KEY}" "${OCI_FINGERPRINT:?}" "${OCI_API_KEY:?}"
  printf '%s\n' "$OCI_API_KEY" > "$key"
  profile "user=$OCI_USER" "fingerprint=$OCI_FINGERPRINT"
  echo "signed in with the stored key"
  exit 0
fi

: "${OCI_CLIENT_ID:?}" "${OCI_CLIENT_SECRET:?}" "${ACTIONS_ID_TOKEN_REQUEST_URL:?the job needs the permission id-token: write}" "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?}"
ask() { curl --fail --silent --show-error --proto '=https,http' --max-time 30 "$@"; }
# What is secret goes to curl through files that only this user may read.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key" 2>/dev/null
openssl pkey -in "$key" -pubout -outform DER | base64 -w0 > "$work/public-key"
printf 'Authorization: Bearer %s' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" > "$work/github"
printf 'Authorization: Basic %s' "$(printf '%s:%s' "$OCI_CLIENT_ID" "$OCI_CLIENT_SECRET" | base64 -w0)" > "$work/client"
# It lives for five minutes, so it is asked for right before it is exchanged.
ask --header "@$work/github" "$ACTIONS_ID_TOKEN_REQUEST_URL" | jq --raw-output --join-output --exit-status .value > "$work/subject"
ask --header "@$work/client" \
  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:token-exchange \
  --data-urlencode requested_token_type=urn:oci:token-type:oci-upst \
  --data-urlencode subject_token_type=jwt \
  --data-urlencode "subject_token@$work/subject" \
  --data-urlencode "public_key@$work/public-key" \
  "${OCI_DOMAIN_URL%/}/oauth2/v1/token" | jq --raw-output --join-output --exit-status .token > "$folder/token"
profile "security_token_file=$folder/token"
echo "signed in with a token of the domain"
