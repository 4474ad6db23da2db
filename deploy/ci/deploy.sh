#!/usr/bin/env bash
# Pushes the image of a file, and puts it into the function. Says how to go back. After sign-in.sh.
set -euo pipefail
: "${IMAGE_FILE:?}" "${IMAGE_TAG:?}" "${OCI_REGISTRY:?}" "${OCI_FUNCTION:?}"
image=$OCI_REGISTRY:$IMAGE_TAG
if [ -f "$HOME/.oci/token" ]; then export OCI_CLI_AUTH=security_token; fi

# A login that ends by itself: no password of a user is stored.
oci container-registry access-token get --query 'data.token || data."access-token"' --raw-output |
  docker login "${OCI_REGISTRY%%/*}" --username BEARER_TOKEN --password-stdin
docker load --input "$IMAGE_FILE"
docker tag oci-rotate:built "$image"
# The registry refuses a tag that is there.
docker push "$image"
digest=$(docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | sed -n "s|^$OCI_REGISTRY@||p" | head -n 1)
: "${digest:?the push left no digest}"

before=$(oci fn function get --function-id "$OCI_FUNCTION")
etag=$(jq --raw-output --exit-status .etag <<< "$before")
old_image=$(jq --raw-output '.data.image // ""' <<< "$before")
old_digest=$(jq --raw-output '.data."image-digest" // ""' <<< "$before")
# If somebody else has changed the function since, this is refused.
oci fn function update container-function --function-id "$OCI_FUNCTION" --image "$image" --image-digest "$digest" \
  --if-match "$etag" --force --wait-for-state SUCCEEDED
echo "image: $image@$digest"
echo "to go back: oci fn function update container-function --function-id $OCI_FUNCTION --image $old_image --image-digest $old_digest --force --wait-for-state SUCCEEDED"
if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s\n' "name=$OCI_REGISTRY" "digest=$digest" >> "$GITHUB_OUTPUT"; fi
