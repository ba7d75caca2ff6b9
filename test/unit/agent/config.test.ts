// The command line: every mistake at once, nothing half understood.
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../agent/config.ts';

const good = ['enrol', '--server', 'https://noc.example.com', '--token', 'a'.repeat(16), '--state', '/s'];

function pathsOf(argv: readonly string[], environment: Record<string, string> = {}): string[] {
  const parsed = parseCommand(argv, environment);
  return parsed.ok ? [] : (parsed.failure.issues ?? []).map(({ path }) => path);
}

describe('agent config', () => {
  it('reads the commands of the contract', () => {
    expect(parseCommand(good, {})).toEqual({
      ok: true,
      value: {
        kind: 'enrol',
        server: 'https://noc.example.com',
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
    expect(parseCommand(['--help'], {})).toMatchObject({ value: { kind: 'help' } });
    expect(parseCommand(['run', '--version'], {})).toMatchObject({ value: { kind: 'version' } });
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
