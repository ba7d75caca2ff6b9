// `npm start`: builds the console when its sources changed, then becomes the embedded server in this same process.
// package.json starts it with `exec` (and without it where the shell is Windows' own): a shell left between npm and the
// server would die of the signal that asks for an orderly stop, and leave the server behind.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const build = join(import.meta.dirname, 'console', 'build.ts');
const built = spawnSync(process.execPath, [build], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);
process.argv.push('--embedded');
await import('./main.ts');
