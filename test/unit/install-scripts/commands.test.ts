// What the server prints for a person to paste, held against what is there: scripts, their options, the agent's own. And all
// that can be checked of the Windows scripts on a machine without Windows: their form, their words, their order.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCommand, usage } from '../../../agent/config.ts';
import { installCommands } from '../../../server/shell/http/install-commands.ts';
import { top } from './rig.ts';

const read = (path: string): string => readFileSync(join(top, 'install-scripts', path), 'utf8');
const install = read('windows/install.ps1');
const get = read('windows/get.ps1');
const linuxInstall = read('linux/install.sh');
const linuxGet = read('linux/get.sh');
const token = 'a-token-of-sixteen-or-more';

/** What goes to the script when the line is typed, as option and value pairs. */
function optionsOf(line: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of line.matchAll(/ (--?[A-Za-z-]+)(?: '([^']*)')?/g))
    found.set(match[1] ?? '', match[2] ?? '');
  return found;
}

const parametersOf = (script: string): string[] =>
  [...(/^param\((.*?)^\)/ms.exec(script)?.[1] ?? '').matchAll(/^ {2}\[[\w[\]]+\]\$(\w+)/gm)].map(
    (match) => `-${match[1]}`,
  );

describe('installation: the commands that the server prints', () => {
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
      expect(printed.linux.startsWith(`curl -fsSL '${url}/agent/install/linux' | sudo sh -s -- `)).toBe(true);
      const onLinux = optionsOf(printed.linux.split('sh -s --')[1] ?? '');
      expect(onLinux.get('--server')).toBe(url);
      expect(onLinux.get('--token')).toBe(token);
      expect(onLinux.has('--allow-insecure-http')).toBe(insecure);
      // What is printed is what the agent would ask for, no more and no less.
      const enrol = ['enrol', '--server', url, '--token', token, '--state', '/var/lib/vigia-agent'];
      expect(parseCommand(enrol, {}).ok).toBe(!insecure);
      for (const option of onLinux.keys()) {
        expect(linuxInstall).toMatch(new RegExp(`^ +(--\\S+ \\| )*${option}( \\| --\\S+)*\\)`, 'm'));
        expect(linuxGet).toMatch(new RegExp(`^ +(--\\S+ \\| )*${option}( \\| --\\S+)*\\)`, 'm'));
      }

      expect(printed.windows).toContain(`.DownloadString('${url}/agent/install/windows')`);
      const onWindows = optionsOf(printed.windows.split('/agent/install/windows')[1] ?? '');
      expect(onWindows.get('-Server')).toBe(url);
      expect(onWindows.get('-Token')).toBe(token);
      expect(onWindows.has('-AllowInsecureHttp')).toBe(insecure);
      for (const script of [get, install]) {
        expect(parametersOf(script)).toEqual(expect.arrayContaining([...onWindows.keys()]));
      }
    },
  );

  test('the Windows line means the same in the Command Prompt and in PowerShell', () => {
    const { windows } = installCommands('https://vigia.example', token);
    const inner = /^powershell -NoProfile -ExecutionPolicy Bypass -Command "(.*)"$/.exec(windows)?.[1] ?? '"';
    // A dollar or a back-tick is PowerShell's, a per cent sign or a caret the Command Prompt's; a quote ends the text.
    expect(inner).not.toMatch(/["$`%^!]/);
    expect(balance(inner)).toEqual([]);
  });
});

/** Brackets that are not closed by their own kind, outside of texts and comments. PowerShell's own rules for both. */
function balance(script: string): string[] {
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  const open: string[] = [];
  const bare = script
    .replace(/'(?:[^'])*'/g, "''")
    .replace(/"(?:`.|[^"`])*"/gs, '""')
    .replace(/#.*$/gm, '');
  for (const sign of bare) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (sign in pairs && open.pop() !== pairs[sign]) return [...open, sign];
  }
  return open;
}

const withoutComments = (script: string): string => script.replace(/^\s*#.*$/gm, '');

describe.each([
  { name: 'install.ps1', script: install },
  { name: 'get.ps1', script: get },
])('installation: $name', ({ script }) => {
  test('it begins with a byte order mark, without which PowerShell 5.1 reads no accents, and has no other', () => {
    expect(script.startsWith('\ufeff# ')).toBe(true);
    expect(script.slice(1)).not.toContain('\ufeff');
    expect(script).toContain('não');
  });

  test('its brackets and texts are closed', () => {
    // An apostrophe inside a double-quoted text would open a text of its own for this simple reader.
    const plain = withoutComments(script).replace(/"(?:`.|[^"`])*"/gs, (text) => text.replaceAll("'", ' '));
    expect(balance(plain)).toEqual([]);
    expect(
      plain.split('\n').filter((line) => (line.replace(/`"/g, '').split('"').length - 1) % 2 === 1),
    ).toEqual([]);
  });

  test('it has no syntax and no command that came after PowerShell 5.1', () => {
    const code = withoutComments(script)
      .replace(/'[^'\n]*'/g, "''")
      .replace(/"(?:`.|[^"`\n])*"/g, '""');
    // ??, ??=, ?., &&, ||, the ternary, -Parallel, clean blocks, three-part Join-Path, -SkipCertificateCheck ...
    for (const tooNew of [
      /\?\?/,
      /\?\./,
      /&&/,
      /\|\|/,
      /\s\?\s[^{]/,
      /-Parallel\b/,
      /\bclean\s*\{/,
      /-AsByteStream/,
      /-SkipCertificateCheck/,
      /\$IsWindows/,
      /-AsUTC/,
      /\bTest-Json\b/,
    ]) {
      expect(code).not.toMatch(tooNew);
    }
  });

  test('it never loosens how TLS is checked, and prints no token', () => {
    expect(script).not.toMatch(
      /ServerCertificateValidationCallback|TrustAllCerts|SkipCertificate|Ssl3|Tls11/,
    );
    expect(script).not.toMatch(/(?:Say|Write-\w+|Exit-With|Invoke-Step)[^\n]*\$(?:Token|env:VIGIA_TOKEN)\b/);
  });

  test('every text for people is given in both languages, Portuguese first', () => {
    const calls = [...withoutComments(script).matchAll(/^.*\b(?:Say|Exit-With \d|Invoke-Step) (['"].*)$/gm)];
    expect(calls.length).toBeGreaterThan(3);
    for (const [, words = ''] of calls) {
      expect(words.match(/'[^']*'|"(?:`.|[^"`])*"/g)?.length, words).toBeGreaterThanOrEqual(2);
    }
  });

  test('every command it calls is its own or belongs to Windows PowerShell 5.1', () => {
    const own = [...script.matchAll(/^function ([\w-]+)/gm)].map((match) => match[1] ?? '');
    const called = new Set(
      [...withoutComments(script).matchAll(/(?<![\w$.:'"\\-])([A-Z][a-z]+-[A-Z][A-Za-z]+)/g)].map(
        (match) => match[1] ?? '',
      ),
    );
    const known =
      `Add-Type Copy-Item ForEach-Object Get-Content Get-Date Get-FileHash Get-Item Get-Process Get-UICulture
      Join-Path Move-Item New-Item New-Object New-ScheduledTaskAction New-ScheduledTaskPrincipal
      New-ScheduledTaskSettingsSet New-ScheduledTaskTrigger New-TimeSpan Out-Host Out-Null Register-ScheduledTask
      Remove-Item Start-ScheduledTask Start-Sleep Stop-Process Stop-ScheduledTask Test-Path Unregister-ScheduledTask
      Where-Object Write-Output`.split(/\s+/);
    expect([...called].filter((name) => !own.includes(name) && !known.includes(name))).toEqual([]);
    for (const name of own) expect(script.split(name).length, name).toBeGreaterThan(2);
  });
});

describe('installation: the Windows script', () => {
  test('it speaks to the agent in options that the agent takes', () => {
    const words = [...install.matchAll(/'(--[a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect([...new Set(words)].sort()).toEqual([
      '--allow-insecure-http',
      '--ca-file',
      '--proxy',
      '--proxy-credentials-file',
      '--server',
      '--state',
      '--version',
    ]);
    for (const word of words) expect(usage).toContain(word);
    expect(install).toContain('run --state');
    expect(parseCommand(['run', '--state', 'C:\\ProgramData\\Vigia Agent'], {}).ok).toBe(true);
    const enrol = ['enrol', '--server', 'https://vigia.example', '--state', 'C:\\ProgramData\\Vigia Agent'];
    expect(parseCommand(enrol, { VIGIA_TOKEN: token }).ok).toBe(true);
  });

  test('what the script from the server takes, it hands on, and the installer takes', () => {
    expect(parametersOf(install)).toEqual(expect.arrayContaining(parametersOf(get)));
    expect(get).toContain('& $installer @PSBoundParameters -Source $source');
  });

  test('the state directory is closed to others before the key is made in it', () => {
    const body = /^function Install-Agent \{.*?^\}/ms.exec(install)?.[0] ?? '';
    expect(body.indexOf('Protect-State')).toBeGreaterThan(0);
    expect(body.indexOf('Protect-State')).toBeLessThan(body.indexOf('Register-WithServer'));
  });

  test('what runs is stopped before its folder is moved, and the way back stands until the new one runs', () => {
    const body = /^function Install-Agent \{.*?^\}/ms.exec(install)?.[0] ?? '';
    const order = [
      'Stop-Agent',
      'Move-Folder $program $old',
      'Move-Folder $next $program',
      'Start-Agent',
      'Restore-Agent',
    ];
    const places = order.map((step) => body.indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(body.lastIndexOf('Remove-Item -LiteralPath $old')).toBeGreaterThan(body.indexOf('Restore-Agent'));
  });
});
