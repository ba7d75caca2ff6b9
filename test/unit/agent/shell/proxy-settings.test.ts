// Which servers are reached by which proxy: what people type and what stands in the environment.
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../../agent/config.ts';
import { parseExceptions, parseProxy, proxyFor } from '../../../../agent/shell/proxy-settings.ts';
import { limits } from '../../../../shared/limits.ts';

describe('a proxy address', () => {
  it('is http://host:port, with or without its scheme', () => {
    const addressOf = (text: string) => {
      const parsed = parseProxy(text);
      return parsed.ok ? parsed.value.address : undefined;
    };
    expect(addressOf('http://proxy.intra:3128')).toBe('http://proxy.intra:3128');
    expect(addressOf('http://proxy.intra/')).toBe('http://proxy.intra:80');
    expect(addressOf('10.0.0.1:8080')).toBe('http://10.0.0.1:8080');
    expect(addressOf('http://[2001:db8::1]:8080')).toBe('http://[2001:db8::1]:8080');
    for (const bad of ['', 'https://proxy:3128', 'socks5://proxy:1080', 'http://p:1/x', 'http://p:99999']) {
      expect(parseProxy(bad)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
    }
  });

  it('may carry user and password, which no failure repeats', () => {
    expect(parseProxy('http://u:p%40ss%3A@proxy:3128')).toEqual({
      ok: true,
      value: { address: 'http://proxy:3128', credentials: 'u:p@ss:' },
    });
    for (const bad of ['http://u:hush%0A@proxy:1', 'http://u:hush%zz@proxy:1', 'https://u:hush@proxy:1']) {
      const parsed = parseProxy(bad);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) expect(parsed.failure.message).not.toContain('hush');
    }
  });
});

describe('exceptions', () => {
  const isExcepted = (pattern: string, server: string): boolean =>
    proxyFor(new URL(server), {
      settings: { address: 'http://proxy:3128', except: parseExceptions(pattern) },
      allowInsecureHttp: false,
    }) === undefined;

  it.each([
    ['*', 'https://noc.example', true],
    ['noc.example', 'https://noc.example', true],
    ['.example', 'https://noc.example', true],
    ['*.example', 'https://noc.example', true],
    ['example', 'https://noc.example', true],
    ['oc.example', 'https://noc.example', false],
    ['noc.example:443', 'https://noc.example', true],
    ['noc.example:8443', 'https://noc.example', false],
    ['a, b noc.example', 'https://noc.example', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['2001:db8::/32', 'https://[2001:db8::7]', true],
    ['[2001:db8::7]:443', 'https://[2001:db8::7]', true],
    ['10.0.0.0/8', 'https://[2001:db8::7]', false],
    ['', 'https://noc.example', false],
    ['', 'https://localhost', true],
    ['', 'https://127.0.0.1:7700', true],
    ['', 'https://[::1]', true],
  ])('"%s" for %s: %s', (pattern, server, excepted) => {
    expect(isExcepted(pattern, server)).toBe(excepted);
  });

  it('are no more than the limit', () => {
    expect(parseExceptions('x '.repeat(1_000))).toHaveLength(limits.proxyExceptionsMax);
  });
});

describe('the command line', () => {
  const words = ['enrol', '--token', 'a'.repeat(16), '--state', '/s', '--server', 'https://noc.example'];
  const parse = (more: readonly string[], environment: Record<string, string> = {}) =>
    parseCommand([...words, ...more], environment);
  const pathsOf = (...given: Parameters<typeof parse>): string[] => {
    const parsed = parse(...given);
    return parsed.ok ? [] : (parsed.failure.issues ?? []).map(({ path }) => path);
  };

  it('takes several servers, a proxy with its credentials file, and a CA', () => {
    const more = ['--server', 'https://noc2.example', '--proxy', 'http://proxy:3128'];
    const files = ['--proxy-credentials-file', '/p', '--ca-file', '/c'];
    expect(parse([...more, ...files], { HTTPS_PROXY: 'http://other:1' })).toMatchObject({
      ok: true,
      value: {
        servers: ['https://noc.example', 'https://noc2.example'],
        proxy: { address: 'http://proxy:3128', except: [] },
        proxyCredentialsFile: '/p',
        caFile: '/c',
      },
    });
  });

  it('takes the environment where no proxy is typed, except for what it excepts, and can be told not to', () => {
    const environment = { https_proxy: 'u:p@proxy:3128', NO_PROXY: 'intra.example' };
    expect(parse([], environment)).toMatchObject({
      value: { proxy: { address: 'http://proxy:3128', credentials: 'u:p' } },
    });
    const none = (more: readonly string[], given: Record<string, string>) => {
      const parsed = parse(more, given);
      return parsed.ok && parsed.value.kind === 'enrol' && parsed.value.proxy === undefined;
    };
    expect(none(['--proxy', 'none'], environment)).toBe(true);
    expect(none([], { ...environment, NO_PROXY: 'example' })).toBe(true);
    expect(none([], { HTTP_PROXY: 'http://proxy:1' })).toBe(true);
    expect(none([], { HTTPS_PROXY: '' })).toBe(true);
  });

  it('an agent beside its server ignores the environment', () => {
    const near = [...words.slice(0, -1), 'http://127.0.0.1:7700'];
    const parsed = parseCommand(near, { HTTPS_PROXY: 'http://proxy:1' });
    expect(parsed).toMatchObject({ ok: true, value: { proxy: undefined } });
  });

  it('lists what is wrong with them', () => {
    expect(pathsOf(['--proxy', 'http://u:p@proxy:1'])).toEqual(['--proxy']);
    expect(pathsOf(['--proxy', 'socks5://proxy:1'])).toEqual(['--proxy']);
    expect(pathsOf([], { HTTPS_PROXY: 'https://proxy:1' })).toEqual(['HTTPS_PROXY']);
    expect(pathsOf(['--proxy-credentials-file', '/p'])).toEqual(['--proxy-credentials-file']);
    const many = Array.from({ length: 4 }, (_, n) => ['--server', `https://s${n}.example`]).flat();
    expect(pathsOf(many)).toEqual(['--server']);
    expect(pathsOf(['--server', 'http://noc2.example', '--server', 'ftp://noc3.example'])).toEqual([
      '--server',
      '--server',
    ]);
  });
});
