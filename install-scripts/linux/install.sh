#!/bin/sh
# Makes this Linux machine a Vigia agent: copies the program, enrols it, runs it as a service. Idempotent; run it again
# to upgrade. Needs root. It changes nothing with --dry-run and removes what it made with --uninstall.
set -eu

usage() {
  cat <<'EOF'
install.sh --server URL --token TOKEN [--allow-insecure-http] [--root DIR] [--dry-run]
install.sh --uninstall [--root DIR] [--dry-run]

  --server URL   address of the Vigia server
  --token TOKEN  enrolment token (from POST /api/v1/enrolment-tokens)
  --root DIR     install below DIR and start nothing (for images and tests)
  --dry-run      say what would be done, do nothing
  --uninstall    stop the service and remove program and unit; the agent's key and spool stay
EOF
}

server='' token='' root='' dry=0 uninstall=0 insecure=''
while [ $# -gt 0 ]; do
  case "$1" in
    --server) server=${2:?--server needs a value}; shift 2 ;;
    --token) token=${2:?--token needs a value}; shift 2 ;;
    --root) root=${2:?--root needs a value}; shift 2 ;;
    --allow-insecure-http) insecure='--allow-insecure-http'; shift ;;
    --dry-run) dry=1; shift ;;
    --uninstall) uninstall=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=$(CDPATH='' cd -- "$here/../.." && pwd)
program=$root/opt/vigia-agent
state=$root/var/lib/vigia-agent
unit=$root/etc/systemd/system/vigia-agent.service

run() {
  if [ "$dry" = 1 ]; then echo "would run: $*"; else "$@"; fi
}

has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

if [ "$uninstall" = 1 ]; then
  if has_systemd; then run systemctl disable --now vigia-agent.service || true; fi
  run rm -f "$unit"
  run rm -rf "$program"
  if has_systemd; then run systemctl daemon-reload; fi
  echo "removed; the agent's key and spool stay in $state"
  exit 0
fi

if [ ! -f "$state/agent.json" ] && { [ -z "$server" ] || [ -z "$token" ]; }; then
  echo 'wanted: --server and --token' >&2
  usage >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then echo 'wanted: root' >&2; exit 1; fi
node=$source/node_modules/.bin/node
if [ ! -x "$node" ]; then echo "no node at $node: run 'npm ci' in $source first" >&2; exit 1; fi

# 1. The program: its sources, its packages, its own node.
run mkdir -p "$program" "$state"
run chmod 0700 "$state"
run cp -RL "$source/agent" "$source/shared" "$source/package.json" "$program/"
run mkdir -p "$program/bin" "$program/node_modules"
run cp -L "$node" "$program/bin/node"
for package in ws zod pino systeminformation koffi ping @koromix \
  @pinojs atomic-sleep on-exit-leak-free pino-abstract-transport pino-std-serializers process-warning \
  quick-format-unescaped real-require safe-stable-stringify sonic-boom split2 thread-stream; do
  if [ -e "$source/node_modules/$package" ]; then run cp -RL "$source/node_modules/$package" "$program/node_modules/"; fi
done

# 2. The enrolment: once; an agent that has its key keeps it.
if [ ! -f "$state/agent.json" ]; then
  # shellcheck disable=SC2086
  run "$program/bin/node" "$program/agent/main.ts" enrol --server "$server" --token "$token" --state "$state" $insecure
fi

# 3. The service.
run mkdir -p "$(dirname "$unit")"
if [ "$dry" = 1 ]; then
  echo "would write: $unit"
else
  cat >"$unit" <<'EOF'
[Unit]
Description=Vigia agent: watches this site's links and hosts
After=network.target
StartLimitIntervalSec=0

[Service]
ExecStart=/opt/vigia-agent/bin/node /opt/vigia-agent/agent/main.ts run --state /var/lib/vigia-agent
Restart=always
RestartSec=5
TimeoutStopSec=5
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
ReadWritePaths=/var/lib/vigia-agent

[Install]
WantedBy=multi-user.target
EOF
fi
if has_systemd; then
  run systemctl daemon-reload
  run systemctl enable vigia-agent.service
  run systemctl restart vigia-agent.service
  echo 'vigia-agent runs; see: systemctl status vigia-agent'
else
  echo "no systemd here; start it with: $program/bin/node $program/agent/main.ts run --state $state"
fi
