# The program from a checkout of the repository in place of a package: sources, the packages they need, its own node.
# Read by install.sh, never run by itself; only for those who build Vigia. It must leave the checkout as it is.
# shellcheck shell=sh disable=SC2154

# What agent/ and shared/ import. All that these need in turn is found by packages().
direct='koffi ping pino systeminformation ws zod'

stage_checkout() {
  checkout=$(CDPATH='' cd -- "$here/../.." && pwd)
  node=$checkout/node_modules/.bin/node
  if [ ! -x "$node" ]; then
    die "não há node em $node; rode antes 'npm ci' em $checkout" "there is no node at $node; run 'npm ci' in $checkout first"
  fi
  list=$(packages)
  run mkdir -p "$next/bin" "$next/node_modules"
  run cp -RL "$checkout/agent" "$checkout/shared" "$checkout/package.json" "$next/"
  run cp -L "$node" "$next/bin/node"
  for package in $list; do
    run mkdir -p "$(dirname -- "$next/node_modules/$package")"
    run cp -RL "$checkout/node_modules/$package" "$next/node_modules/$package"
  done
  for file in install.sh service.sh root-facts.sh vigia-agent.service vigia-agent.openrc vigia-agent.init; do
    run cp "$here/$file" "$next/$file"
  done
  if [ "$dry" = 1 ]; then return; fi
  # The name under which the package too starts its program.
  cat >"$next/vigia-agent" <<'END'
#!/bin/sh
top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec "$top/bin/node" "$top/agent/main.ts" "$@"
END
  chmod 0755 "$next/vigia-agent"
}

# Prints the directories in node_modules of the packages named and of all that they need, one per line. Fails when one
# is not there, except an optional one: koffi brings a binary for each kind of machine, and only this one's is installed.
packages() {
  # shellcheck disable=SC2086
  "$node" --input-type=commonjs - "$checkout/node_modules" $direct <<'END'
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
