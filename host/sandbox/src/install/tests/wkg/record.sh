#!/usr/bin/env bash
# Records what the real wkg makes of everything.wasm, which tests/compat/ has as a plugin of version 0.1: the manifest
# and the config that a registry has afterwards, byte for byte. It was done with wkg 0.16.1 (`cargo install wkg
# --version 0.16.1 --locked`) and Debian's docker-registry; curl and python3 are needed too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scratch=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
registry=127.0.0.1:$port
cat >"$scratch/config.yml" <<CONFIG
version: 0.1
storage:
  filesystem:
    rootdirectory: $scratch/data
http:
  addr: $registry
CONFIG
docker-registry serve "$scratch/config.yml" >"$scratch/log" 2>&1 &
server=$!
trap 'kill "$server"; rm -rf "$scratch"' EXIT
until curl --silent --fail "http://$registry/v2/" >/dev/null; do sleep 0.1; done

record() {
  local name=$1
  shift
  wkg oci push --insecure "$registry" "$@" "$registry/acme/$name:1.0.0" everything.wasm
  mkdir -p "$name"
  curl --silent --fail --header 'Accept: application/vnd.oci.image.manifest.v1+json' \
    --output "$name/manifest.json" "http://$registry/v2/acme/$name/manifests/1.0.0"
  local config
  config=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["config"]["digest"])' "$name/manifest.json")
  curl --silent --fail --output "$name/config.json" "http://$registry/v2/acme/$name/blobs/$config"
}

record plain
record annotated --author Ada --annotation org.opencontainers.image.version=1.0.0 \
  --annotation org.opencontainers.image.description='Leaves everything as it is'
