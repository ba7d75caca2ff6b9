// The command line: every mistake at once, nothing half understood.
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../agent/config.ts';

const good = ['enrol', '--server', 'https://noc.example.com', '--token', 'a'.repeat(16), '--state', '/s'];

function pathsOf(argv: readonly string[], environment: Record<string, string> = {}): string[] {
  const parsed = parseCommand(argv, environment);
  return parsed.ok ? [] : (parsed.failure.issues ?? []).map(({ path }) => path);
}

describe('agent config', () => {
  it.each([
    [{}, 'pt'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'pt_BR.UTF-8' }, 'pt'],
    [{ LANG: 'de_DE.UTF-8' }, 'pt'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, 'en'],
    [{ LC_ALL: 'C.UTF-8', LANG: 'en_US.UTF-8' }, 'pt'],
  ])('speaks by the locale, else Portuguese: %o', (environment, language) => {
    const parsed = parseCommand(['doctor', '--state', '/s'], environment);
    expect(parsed).toEqual({
      ok: true,
      value: { kind: 'doctor', stateDirectory: '/s', json: false, language },
    });
  });

  it('refuses a language it does not speak, and options of another command', () => {
    expect(pathsOf(['status', '--state', '/s', '--lang', 'fr'])).toEqual(['--lang']);
    expect(pathsOf(['doctor', '--token', 'x'])).toEqual(['--token', '--state']);
    expect(pathsOf(['run', '--state', '/s', '--json'])).toEqual(['--json']);
  });

  it('reads the commands of the contract', () => {
    expect(parseCommand(good, {})).toEqual({
      ok: true,
      value: {
        kind: 'enrol',
        servers: ['https://noc.example.com'],
        token: 'a'.repeat(16),
        stateDirectory: '/s',
        allowInsecureHttp: false,
        logLevel: 'info',
      },
    });
    expect(parseCommand(['run', '--state=/s'], { VIGIA_LOG: 'debug' })).toMatchObject({
      ok: true,
      value: { kind: 'run', stateDirectory: '/s', logLevel: 'debug' },
    });
    expect(parseCommand(['status', '--state', '/s', '--json', '--lang', 'en'], { LANG: 'pt_BR' })).toEqual({
      ok: true,
      value: { kind: 'status', stateDirectory: '/s', json: true, language: 'en' },
    });
    expect(parseCommand(['--help'], {})).toMatchObject({ value: { kind: 'help' } });
    expect(parseCommand(['run', '--version'], {})).toMatchObject({ value: { kind: 'version' } });
  });

  it('takes the token from the environment where no option names one', () => {
    const [, ...bare] = good.flatMap((word, at) =>
      /--token/.test(word) || good[at - 1] === '--token' ? [] : [word],
    );
    const variable = 'v'.repeat(20);
    expect(parseCommand(['enrol', ...bare], { VIGIA_TOKEN: variable })).toMatchObject({
      value: { token: variable },
    });
    expect(parseCommand(good, { VIGIA_TOKEN: variable })).toMatchObject({ value: { token: 'a'.repeat(16) } });
    expect(pathsOf(['enrol', ...bare], { VIGIA_TOKEN: '' })).toEqual(['--token']);
    expect(pathsOf(['enrol', ...bare], { VIGIA_TOKEN: 'short' })).toEqual(['--token']);
  });

  it('knows how systemd wants to hear of it', () => {
    const environment = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '30000000' };
    expect(parseCommand(['run', '--state', '/s'], environment)).toMatchObject({
      value: { manager: { socket: '/run/systemd/notify', watchdogMs: 30_000 } },
    });
    expect(parseCommand(['run', '--state', '/s'], {})).toMatchObject({ value: { manager: undefined } });
  });

  it('lists all mistakes at once', () => {
    expect(
      pathsOf(['enrol', '--server', 'http://noc.example.com', '--token', 'x', '--colour'], {
        VIGIA_LOG: 'loud',
      }),
    ).toEqual(['--colour', 'VIGIA_LOG', '--state', '--server', '--token']);
    expect(pathsOf([])).toEqual(['(command)']);
    expect(pathsOf(['watch'])).toEqual(['watch']);
    expect(pathsOf(['run', 'now'])).toEqual(['now', '--state']);
    expect(pathsOf(['run', '--state', '/s', '--token', 'x'])).toEqual(['--token']);
    expect(pathsOf(['run', '--state'])).toEqual(['--state']);
    expect(pathsOf([...good, '--allow-insecure-http=yes'])).toEqual(['--allow-insecure-http']);
  });

  it('lets plain http through only when that was asked for', () => {
    const plain = good.map((word) => word.replace('https:', 'http:'));
    expect(pathsOf(plain)).toEqual(['--server']);
    expect(parseCommand([...plain, '--allow-insecure-http'], {})).toMatchObject({
      ok: true,
      value: { allowInsecureHttp: true },
    });
  });
});
