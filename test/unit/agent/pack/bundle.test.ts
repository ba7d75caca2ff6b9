// The agent as one file, for each machine: nothing missing, nothing hidden, and the licences of all that is inside.
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleAgent } from '../../../../agent/pack/bundle.ts';
import { collectLicences } from '../../../../agent/pack/licences.ts';
import { targets } from '../../../../agent/pack/targets.ts';

const top = join(import.meta.dirname, '..', '..', '..', '..');
/** Helpers that ws and systeminformation try to load, and do without. */
const optional = ['bufferutil', 'utf-8-validate'];
const optionalOnWindows = [...optional, 'osx-temperature-sensor', 'macos-temperature-sensor'];

describe.each(targets)('the bundle for $name', (target) => {
  const bundling = bundleAgent(top, target);

  it('is one file of ASCII, in which every name is whole', async () => {
    const { code } = await bundling;
    expect(/[\u0080-\uffff]/.test(code)).toBe(false);
    expect(code).toContain('async function runAgent(');
  });

  it('leaves nothing to be found in a node_modules, but for what Linux never asks', async () => {
    const { code } = await bundling;
    const outside = [...code.matchAll(/(?:from|import\(|__require\()\s*["'`]([^"'`]+)["'`]/g)]
      .flatMap(([, name]) => name ?? [])
      .filter((name) => !isBuiltin(name));
    const expected = target.system === 'linux' ? ['systeminformation', ...optional] : optionalOnWindows;
    expect(new Set(outside)).toEqual(new Set(expected));
  });

  it('imports no HTTP: that would load the WebSocket client of Node too, 16 MB resident', async () => {
    const { code } = await bundling;
    expect(code).toMatch(/from"node:net"/);
    expect(code).not.toMatch(/from"(node:)?https?"/);
  });

  it('brings the licence of each package in it', async () => {
    const { packages } = await bundling;
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['ws', 'zod', 'pino']));
    const found = collectLicences(top, packages, process.execPath);
    expect(found.ok ? '' : found.failure.message).toBe('');
    const paths = found.ok ? found.value.map(({ path }) => path) : [];
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'licenses/node.txt', 'licenses/koffi.txt']));
  });
});
