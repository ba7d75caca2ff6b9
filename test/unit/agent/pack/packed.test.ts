// The packed agent as a customer's machine has it: unpacked into a folder with a space in its name, started through its
// launcher and through a link to it, on its own cut Node with koffi's native file alone beside it.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Contents, collectContents } from '../../../../agent/pack/contents.ts';
import { createPackageFiles } from '../../../../agent/pack/packages.ts';
import { writeTar } from '../../../../agent/pack/tar.ts';
import { targetNamed } from '../../../../agent/pack/targets.ts';
import { agentVersion } from '../../../../agent/version.ts';

const top = join(import.meta.dirname, '..', '..', '..', '..');
const name = process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64';
const packer = join(top, 'agent/pack/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'vigia packed '));
const program = join(folder, 'vigia-agent');
const launcher = join(program, 'vigia-agent');
let contents: Contents;

const manifestSchema = z.object({
  version: z.string(),
  target: z.string(),
  node: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int(), sha256: z.string() })),
});

describe.runIf(process.platform === 'linux')('the packed agent', () => {
  beforeAll(async () => {
    const target = targetNamed(name);
    if (target === undefined) throw new Error(`no target ${name}`);
    const packages = createPackageFiles(top);
    const collected = await collectContents({ top, target, packages, nodeProgram: process.execPath });
    if (!collected.ok) throw new Error(collected.failure.message);
    contents = collected.value;
    writeFileSync(join(folder, 'agent.tar'), writeTar(contents.entries));
    execFileSync('tar', ['-C', folder, '-xf', join(folder, 'agent.tar')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells its version from any folder, also through a link to its launcher', () => {
    const link = join(folder, 'bin', 'agent');
    mkdirSync(dirname(link));
    symlinkSync(launcher, link);
    for (const command of [launcher, link]) {
      const run = spawnSync(command, ['--version'], { cwd: '/', encoding: 'utf8' });
      expect(run.stderr).toBe('');
      expect(run.stdout).toBe(`${agentVersion}\n`);
    }
  });

  it('gives the exit code and the words of the agent', () => {
    const run = spawnSync(launcher, ['run', '--state', '/nowhere', 'surplus word'], { encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('surplus word');
  });

  it('loads koffi from the file beside it, on a Node without symbols, without just-in-time compiling', () => {
    const script = `
      const koffi = require(${JSON.stringify(join(program, 'koffi.node'))});
      const getpid = koffi.load(null).func('int getpid()');
      console.log(getpid() === process.pid, typeof WebAssembly);`;
    const words = ['--jitless', '-e', script];
    const run = spawnSync(join(program, 'bin/node'), words, { encoding: 'utf8' });
    expect(run.stdout).toBe('true undefined\n');
  });

  it('has a manifest that names every other file with its hash', () => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(program, 'manifest.json'), 'utf8')));
    expect(manifest).toMatchObject({ version: agentVersion, target: name, node: process.versions.node });
    const packed = contents.entries.map(({ path }) => path.replace('vigia-agent/', ''));
    expect([...manifest.files.map(({ path }) => path), 'manifest.json'].toSorted()).toEqual(
      packed.toSorted(),
    );
    for (const { path, sha256, sizeBytes } of manifest.files) {
      const bytes = readFileSync(join(program, path));
      expect(bytes.length).toBe(sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });

  it('brings what installs it, and nothing that fetches or makes it', () => {
    const names = contents.entries.map(({ path }) => path.replace('vigia-agent/', ''));
    expect(names).toEqual(
      expect.arrayContaining(['install.sh', 'vigia-agent.service', 'LICENSE', 'bin/node', 'koffi.node']),
    );
    expect(names).not.toContain('get.sh');
    expect(names).not.toContain('from-checkout.sh');
  });
});

describe('pack:agent', () => {
  it.each([[['--target', 'amiga']], [[]], [['--colour', 'red']]])(
    'refuses %j and says what is wanted',
    (words) => {
      const run = spawnSync(process.execPath, [packer, ...words], { encoding: 'utf8' });
      expect(run.status).toBe(2);
      expect(run.stderr).toContain('linux-x64|linux-arm64|win-x64');
    },
  );
});
