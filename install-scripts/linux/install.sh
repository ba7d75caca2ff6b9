#!/bin/sh
# Makes this Linux machine a Vigia agent: copies the program, enrols it, runs it as a service. Idempotent: run it again
# to upgrade. It changes nothing with --dry-run, removes what it made with --uninstall, and must never touch the key of
# an agent that is enrolled.
set -eu
umask 022

usage() {
  cat <<'END'
install.sh --server URL --token TOKEN [--allow-insecure-http] [--root DIR] [--dry-run]
install.sh [--root DIR] [--dry-run]               upgrade an agent that is enrolled
install.sh --uninstall [--root DIR] [--dry-run]

  --server URL           address of the Vigia server
  --token TOKEN          enrolment token (from POST /api/v1/enrolment-tokens)
  --allow-insecure-http  allow http: beyond this machine (test networks only)
  --root DIR             install below DIR and start nothing (for images and tests); without it root is needed
  --dry-run              say what would be done, do nothing
  --uninstall            stop the service, remove program and unit; the agent's key and spool stay

Exit codes: 0 done, 1 failed, 2 wrong usage.
END
}

# What agent/ and shared/ import. All that these need in turn is found by packages().
direct='koffi ping pino systeminformation ws zod'

server='' token='' root='' rooted=0 dry=0 uninstall=0 insecure=0 mistakes=''

mistake() {
  mistakes="${mistakes}install.sh: $1
"
}

# An option where a value belongs is a forgotten value; any other text is one (a token may begin with a hyphen).
is_value() {
  case "$1" in
    '' | --server | --token | --root | --allow-insecure-http | --dry-run | --uninstall | --help | -h) return 1 ;;
    *) return 0 ;;
  esac
}

while [ $# -gt 0 ]; do
  option=$1
  shift
  case "$option" in
    --server | --token | --root)
      if ! is_value "${1-}"; then
        mistake "$option: wanted: a value after it"
        if [ $# -gt 0 ] && [ -z "$1" ]; then shift; fi
        continue
      fi
      case "$option" in
        --server) server=$1 ;;
        --token) token=$1 ;;
        --root) root=$1 rooted=1 ;;
      esac
      shift
      ;;
    --allow-insecure-http) insecure=1 ;;
    --dry-run) dry=1 ;;
    --uninstall) uninstall=1 ;;
    -h | --help) usage; exit 0 ;;
    *) mistake "$option: no such option" ;;
  esac
done

if [ "$rooted" = 1 ]; then
  if [ -d "$root" ]; then
    root=$(CDPATH='' cd -- "$root" && pwd)
    root=${root%/}
  else
    mistake "--root: there is no directory $root"
  fi
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=$(CDPATH='' cd -- "$here/../.." && pwd)
program=$root/opt/vigia-agent
next=$program.next
state=$root/var/lib/vigia-agent
unit=$root/etc/systemd/system/vigia-agent.service
enrolled=0
if [ -f "$state/agent.json" ]; then enrolled=1; fi

if [ "$uninstall" = 1 ]; then
  if [ -n "$server$token" ] || [ "$insecure" = 1 ]; then mistake '--uninstall: takes no address and no token'; fi
elif [ -z "$mistakes" ] && [ "$enrolled" = 0 ]; then
  if [ -z "$server" ]; then mistake '--server: missing; wanted: the address of the Vigia server'; fi
  if [ -z "$token" ]; then mistake '--token: missing; wanted: the enrolment token that the server gave'; fi
fi
if [ -n "$mistakes" ]; then
  printf '%s\n' "$mistakes" >&2
  usage >&2
  exit 2
fi
if [ "$rooted" = 0 ] && [ "$dry" = 0 ] && [ "$(id -u)" != 0 ]; then
  echo 'install.sh: this changes the system and needs root: run it with sudo (or give --root DIR)' >&2
  exit 1
fi

run() {
  if [ "$dry" = 1 ]; then echo "would run: $*"; else "$@"; fi
}

has_systemd() { [ "$rooted" = 0 ] && [ -d /run/systemd/system ]; }

if [ "$uninstall" = 1 ]; then
  if has_systemd && [ -f "$unit" ]; then run systemctl disable --now vigia-agent.service; fi
  run rm -f "$unit"
  run rm -rf "$program" "$next" "$program.old"
  if has_systemd; then run systemctl daemon-reload; fi
  echo "the agent's key and spool stay in $state"
  exit 0
fi

node=$source/node_modules/.bin/node
if [ ! -x "$node" ]; then
  echo "install.sh: there is no node at $node; run 'npm ci' in $source first" >&2
  exit 1
fi

# Prints the directories in node_modules of the packages named and of all that they need, one per line. Fails when one
# is not there, except an optional one: koffi brings a binary for each kind of machine, and only this one's is installed.
packages() {
  # shellcheck disable=SC2086
  "$node" --input-type=commonjs - "$source/node_modules" $direct <<'END'
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const [top, ...names] = process.argv.slice(2);
// A package's own node_modules is copied along with it, but what it leans on further up is walked as well.
const locate = (name, from) =>
  [join(from, 'node_modules', name), join(top, name)].find((path) => existsSync(join(path, 'package.json')));
const wanted = names.map((name) => ({ name, from: top, optional: false }));
const found = new Set();
for (const { name, from, optional } of wanted) {
  const path = locate(name, from);
  if (path === undefined && optional) continue;
  if (path === undefined) {
    console.error(`install.sh: the package ${name} is not in ${top}; run 'npm ci' there first`);
    process.exit(1);
  }
  if (found.has(path)) continue;
  found.add(path);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const optionalOnes = manifest.optionalDependencies ?? {};
  for (const each of Object.keys({ ...manifest.dependencies, ...optionalOnes })) {
    wanted.push({ name: each, from: path, optional: each in optionalOnes });
  }
}
const relative = [...found].map((path) => path.slice(top.length + 1));
console.log(relative.filter((path) => !path.includes('node_modules')).sort().join('\n'));
END
}

# 1. The program beside the one that may be running: its sources, its packages, its own node.
discard() {
  if [ "$dry" = 0 ]; then rm -rf "$next"; fi
}
trap discard EXIT
trap 'exit 1' HUP INT TERM
list=$(packages)
run rm -rf "$next"
run mkdir -p "$next/bin" "$next/node_modules"
run cp -RL "$source/agent" "$source/shared" "$source/package.json" "$next/"
run cp -L "$node" "$next/bin/node"
for package in $list; do
  run mkdir -p "$(dirname -- "$next/node_modules/$package")"
  run cp -RL "$source/node_modules/$package" "$next/node_modules/$package"
done

# 2. The enrolment: once; an agent that has its key keeps it. Nothing is installed when it fails.
if [ "$enrolled" = 1 ]; then
  if [ -n "$server$token" ]; then echo "enrolled before: the address and the token given now are not used"; fi
  run chmod 0700 "$state"
else
  # Made by the agent itself, with mode 0700; only what is above it is ours.
  run mkdir -p "$(dirname -- "$state")"
  set -- --server "$server" --token "$token" --state "$state"
  if [ "$insecure" = 1 ]; then set -- "$@" --allow-insecure-http; fi
  if [ "$dry" = 1 ]; then
    echo "would run: $next/bin/node $next/agent/main.ts enrol --server $server --token *** --state $state"
  else
    "$next/bin/node" "$next/agent/main.ts" enrol "$@"
  fi
fi

# 3. The new program takes the old one's place; what runs keeps its files until the restart.
run rm -rf "$program.old"
if [ -d "$program" ]; then run mv "$program" "$program.old"; fi
run mv "$next" "$program"
run rm -rf "$program.old"

# 4. The service.
run mkdir -p "$(dirname -- "$unit")"
run cp "$here/vigia-agent.service" "$unit"
run chmod 0644 "$unit"
if has_systemd; then
  run systemctl daemon-reload
  run systemctl enable vigia-agent.service
  run systemctl restart vigia-agent.service
  echo 'vigia-agent runs as a service; see: systemctl status vigia-agent'
else
  echo "no systemd is used here; start it with: $program/bin/node $program/agent/main.ts run --state $state"
fi
