#!/bin/sh
# Starts Aquatint in a container. Where it is to serve and has no API key yet, one is made and printed, once.
set -eu
if [ "${1:-serve}" = serve ] && [ ! -e "$AQUATINT_DATA/keys.toml" ] && [ -z "${AQUATINT_INSECURE:-}" ]; then
    echo "an API key with the scope admin, shown once:"
    aquatint key new container --scope admin
fi
exec aquatint "$@"
