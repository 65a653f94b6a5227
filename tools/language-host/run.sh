#!/bin/sh
# Started by the engine through the script beside the CLI. Node and tsx are those of this checkout.
here=$(dirname "$(readlink -f "$0")")
exec node --import "$here/../../node_modules/tsx/dist/loader.mjs" "$here/main.ts" "$@"
