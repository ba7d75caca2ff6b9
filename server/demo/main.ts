// `npm run demo`: builds the console when its sources changed, then runs the demonstration in this same process.
// Imports nothing before the check of the runtime, so that a wrong Node gets one clear line.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const nodeMajorMin = 26;
if (Number(process.versions.node.split('.')[0]) < nodeMajorMin) {
  console.error(
    `a demonstração precisa do Node ${nodeMajorMin} (este é ${process.versions.node}); rode "npm ci"`,
  );
  process.exit(2);
}
const { demoUsage, parseDemoOptions } = await import('./options.ts');
const options = parseDemoOptions(process.argv.slice(2));
if (!options.ok) {
  for (const issue of options.failure.issues ?? []) console.error(`${issue.path}: ${issue.message}`);
  console.error(`\n${demoUsage}`);
  process.exit(2);
}
if (options.value === 'help') {
  process.stdout.write(`${demoUsage}\n`);
  process.exit(0);
}
const built = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'console', 'build.ts')], {
  stdio: 'inherit',
});
if (built.status !== 0) process.exit(1);
const { runDemo } = await import('./run.ts');
process.exit(await runDemo(options.value));
