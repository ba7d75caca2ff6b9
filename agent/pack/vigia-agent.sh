#!/bin/sh
# The packed agent on Linux: its own Node with the settings that keep it small, whatever Node the machine has. It becomes
# the agent (exec), so that signals and the service manager reach it. Must never change where it was called from.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
# One heap for all threads, and freed memory goes back to the system: 1 MB less.
export MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536
# --jitless: 9 MB less, no slower at this load, and no memory that is both writable and executable. It takes WebAssembly
# away, and with it Node's own fetch, which the agent does not use. --max-semi-space-size: a young heap that stays at 1 MB.
# --optimize-for-size: garbage goes every eight minutes, 2 MB of it; without, the heap rises for an hour and more first.
exec "$here/bin/node" --jitless --max-semi-space-size=1 --optimize-for-size "$here/agent.js" "$@"
