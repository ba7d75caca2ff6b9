// What the scripts name, held against what is there: the paths they use, and the options that the server's printed
// commands give them. All that can be checked of the Windows script on a machine without Windows.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseCommand, usage } from '../../../agent/config.ts';
import { installCommands } from '../../../server/shell/http/install-commands.ts';

const top = new URL('../../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const windows = read('install-scripts/windows/install.ps1');
const linux = read('install-scripts/linux/install.sh');
const token = 'a-token-of-sixteen-or-more';

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ bin: z.record(z.string(), z.string()).optional() })),
});

/** What goes to the program of this name when the line is typed, as option and value pairs. */
function optionsOf(line: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of line.matchAll(/ (--?[A-Za-z-]+)(?: ['"]([^'"]*)['"])?/g)) {
    found.set(match[1] ?? '', match[2] ?? '');
  }
  return found;
}

describe('installation: the commands that the server prints', () => {
  test.each(['https://vigia.example', 'http://vigia.example:7700'])(
    'for %s they name scripts that are there',
    (url) => {
      const printed = installCommands(url, token);
      const linuxScript = /^sudo sh (\S+) /.exec(printed.linux)?.[1];
      const windowsScript = / -File (\S+) /.exec(printed.windows)?.[1]?.replaceAll('\\', '/');
      expect([linuxScript, windowsScript].map((path) => existsSync(join(top, path ?? 'missing')))).toEqual([
        true,
        true,
      ]);
    },
  );

  test.each([
    { url: 'https://vigia.example', insecure: false },
    { url: 'http://vigia.example:7700', insecure: true },
    { url: 'http://192.168.0.9:7700', insecure: true },
    { url: 'http://127.vigia.example', insecure: true },
    { url: 'http://127.0.0.1:7700', insecure: false },
    { url: 'http://localhost:7700', insecure: false },
    { url: 'http://[::1]:7700', insecure: false },
    { url: 'https://127.0.0.1:7700', insecure: false },
  ])(
    'for $url they use options that the scripts take, and say plain HTTP aloud: $insecure',
    ({ url, insecure }) => {
      const printed = installCommands(url, token);
      const onLinux = optionsOf(printed.linux);
      expect(onLinux.get('--server')).toBe(url);
      expect(onLinux.get('--token')).toBe(token);
      expect(onLinux.has('--allow-insecure-http')).toBe(insecure);
      // What is printed is what the agent would ask for, no more and no less.
      const enrol = ['enrol', '--server', url, '--token', token, '--state', '/var/lib/vigia-agent'];
      expect(parseCommand(enrol, {}).ok).toBe(!insecure);
      for (const option of onLinux.keys())
        expect(linux).toMatch(new RegExp(`^    (--\\S+ \\| )*${option}( \\| --\\S+)*\\)`, 'm'));

      const [, afterScript = ''] = printed.windows.split('install.ps1');
      const onWindows = optionsOf(afterScript);
      expect(onWindows.get('-Server')).toBe(url);
      expect(onWindows.get('-Token')).toBe(token);
      expect(onWindows.has('-AllowInsecureHttp')).toBe(insecure);
      const parameters = [...(/param\(([^)]*)\)/.exec(windows)?.[1] ?? '').matchAll(/\[\w+\]\$(\w+)/g)];
      const taken = parameters.map((match) => `-${match[1]}`);
      expect(taken).toEqual(expect.arrayContaining([...onWindows.keys()]));
    },
  );
});

describe('installation: the Windows script', () => {
  test('every path it names in the checkout is there, or is brought by the packages of Windows', () => {
    const named = [...windows.matchAll(/Join-Path \$source '([^']+)'/g)].map(
      (match) => match[1]?.replaceAll('\\', '/') ?? '',
    );
    expect(named).toHaveLength(2);
    const { packages } = lockSchema.parse(JSON.parse(read('package-lock.json')));
    const brought = Object.entries(packages).flatMap(([folder, { bin }]) =>
      Object.values(bin ?? {}).map((file) => `${folder}/${file}`),
    );
    for (const path of named) expect(existsSync(join(top, path)) || brought.includes(path), path).toBe(true);
    expect(
      existsSync(
        join(
          top,
          'install-scripts/windows',
          /\$PSScriptRoot '([^']+)'/.exec(windows)?.[1]?.replaceAll('\\', '/') ?? 'missing',
          'package.json',
        ),
      ),
    ).toBe(true);
  });

  test('it speaks to the agent in commands that the agent takes', () => {
    const words = [...windows.matchAll(/'(--[a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect(words.sort()).toEqual(['--allow-insecure-http', '--server', '--state', '--token']);
    for (const word of words) expect(usage).toContain(word);
    expect(windows).toContain('run --state');
    const enrol = [
      'enrol',
      '--server',
      'https://vigia.example',
      '--token',
      token,
      '--state',
      'C:\\ProgramData\\vigia-agent',
    ];
    expect(parseCommand([...enrol, '--allow-insecure-http'], {}).ok).toBe(true);
    expect(parseCommand(['run', '--state', 'C:\\ProgramData\\vigia-agent'], {}).ok).toBe(true);
  });

  test('the state directory is closed to others before the key is made in it', () => {
    expect(windows.indexOf('icacls')).toBeGreaterThan(0);
    expect(windows.indexOf('icacls')).toBeLessThan(windows.indexOf("'enrol'"));
  });
});
