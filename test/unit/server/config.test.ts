// vigia.yaml, the environment, and every mistake at once.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Environment, loadConfig, localUrl } from '../../../server/config.ts';
import { defaultPolicy } from '../../../server/core/policy.ts';

const workingDirectory = mkdtempSync(join(tmpdir(), 'vigia-config-'));

function load(yaml: string | undefined, environment: Environment = {}) {
  if (yaml === undefined) return loadConfig({ environment, workingDirectory });
  const folder = mkdtempSync(join(tmpdir(), 'vigia-config-'));
  const file = join(folder, 'vigia.yaml');
  writeFileSync(file, yaml);
  const loaded = loadConfig({ file, environment, workingDirectory });
  return { ...loaded, folder };
}

function pathsOf(loaded: ReturnType<typeof load>): readonly string[] {
  if (loaded.ok) throw new Error('expected mistakes');
  expect(loaded.failure.code).toBe('config.invalid');
  return loaded.failure.issues?.map((issue) => issue.path) ?? [];
}

describe('defaults', () => {
  test('no file and no environment is a whole configuration', () => {
    const loaded = load(undefined);
    expect(loaded.ok && loaded.value).toMatchObject({
      listen: { host: '127.0.0.1', port: 7700 },
      data: join(workingDirectory, 'data'),
      anchors: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
      dns: ['1.1.1.1'],
      outsideIn: { enabled: true },
      desk: { kind: 'local', config: { kind: 'local', timeZone: 'America/Sao_Paulo' } },
      policy: defaultPolicy,
      logLevel: 'info',
      insecure: false,
    });
  });

  test('an empty file is the defaults, and its paths start at its own folder', () => {
    const loaded = load('# nothing\n');
    if (!('folder' in loaded) || !loaded.ok) throw new Error('expected a configuration');
    expect(loaded.value.data).toBe(join(loaded.folder, 'data'));
  });

  test('the file of the manual is taken as it stands', () => {
    const loaded = load(`listen: 127.0.0.1:7700
data: ./data
anchors: [1.1.1.1, 8.8.8.8, 9.9.9.9]
dns: [1.1.1.1]
captivePortalUrl: http://connectivitycheck.gstatic.com/generate_204
outsideIn: { enabled: true }
desk: { kind: local }
channels: []
policies: {}
`);
    expect(loaded.ok).toBe(true);
  });

  test("the agents' packages lie where the packer puts them, or where the file says, from its own folder", () => {
    const standard = load('# nothing\n');
    expect(standard.ok && standard.value.agentPackages).toBe(join(import.meta.dirname, '../../../dist'));
    const named = load('agentPackages: ./packages');
    if (!('folder' in named) || !named.ok) throw new Error('expected a configuration');
    expect(named.value.agentPackages).toBe(join(named.folder, 'packages'));
  });

  test('an empty list of anchors is taken as it is, not as the default', () => {
    const loaded = load('anchors: []');
    expect(loaded.ok && loaded.value.anchors).toEqual([]);
  });
});

describe('environment', () => {
  test('it goes before the file', () => {
    const loaded = load('listen: 127.0.0.1:1\ndata: ./a\nlog: warn', {
      VIGIA_LISTEN: '[::1]:7701',
      VIGIA_DATA: 'b',
      VIGIA_LOG: 'error',
    });
    expect(loaded.ok && loaded.value).toMatchObject({
      listen: { host: '::1', port: 7701 },
      data: join(workingDirectory, 'b'),
      logLevel: 'error',
    });
  });

  test('VIGIA_CONFIG names the file', () => {
    writeFileSync(join(workingDirectory, 'other.yaml'), 'listen: 127.0.0.1:7702');
    const loaded = load(undefined, { VIGIA_CONFIG: 'other.yaml' });
    expect(loaded.ok && loaded.value.listen.port).toBe(7702);
  });
});

describe('mistakes', () => {
  test('all of file, environment and rules between fields come back together', () => {
    const paths = pathsOf(
      load(
        `listen: here
tls: { certFile: a.pem }
anchors: [here]
dns: [one]
outsideIn: { enable: true }
desk: { kind: zendesk, url: x }
channels: [email]
policies: { blipMs: -1, speed: 3 }
colour: red`,
        { VIGIA_LOG: 'loud', VIGIA_LISTEN: 'x' },
      ),
    );
    expect([...paths].sort()).toEqual(
      [
        'VIGIA_LISTEN',
        'VIGIA_LOG',
        'anchors[0]',
        'channels[0].kind',
        'colour',
        'desk.kind',
        'dns[0]',
        'listen',
        'outsideIn.enable',
        'policies.blipMs',
        'policies.speed',
        'tls.keyFile',
      ].sort(),
    );
  });

  test('a desk of no known kind is refused with one clear sentence that names the kinds', () => {
    const loaded = load('desk: { kind: zendesk, url: x }');
    const message = expect.stringMatching(/^wanted: one of local, .*jira.*, given: "zendesk"$/);
    expect(loaded.ok ? [] : loaded.failure.issues).toEqual([{ path: 'desk.kind', message }]);
  });

  test('every mistake of a desk is told, its files among them, beside those of the rest', () => {
    expect([
      ...pathsOf(load('desk: { kind: jira, url: x, surprise: 1, webhookSecretFile: none }\ncolour: red')),
    ]).toEqual(
      expect.arrayContaining([
        'colour',
        'desk.url',
        'desk.surprise',
        'desk.tokenFile',
        'desk.webhookSecretFile',
      ]),
    );
  });

  test('a desk’s secret must be there, the owner’s alone, and long enough not to be guessed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-config-desk-'));
    const path = (name: string) => JSON.stringify(join(folder, name));
    writeFileSync(join(folder, 'short'), 'curto', { mode: 0o600 });
    writeFileSync(join(folder, 'open'), 'segredo-bem-comprido-0123456789');
    chmodSync(join(folder, 'open'), 0o644);
    writeFileSync(join(folder, 'good'), 'segredo-bem-comprido-0123456789', { mode: 0o600 });
    const desk = (file: string) =>
      load(`desk: { kind: webhook, url: "https://central.example/vigia", secretFile: ${path(file)} }`);
    for (const [file, words] of [
      ['short', 'can be guessed'],
      ['open', 'wanted: mode 0600'],
      ['none', 'wanted: a readable file'],
    ] as const) {
      const loaded = desk(file);
      const message = expect.stringContaining(words);
      expect(loaded.ok ? [] : loaded.failure.issues).toEqual([{ path: 'desk.secretFile', message }]);
    }
    const good = desk('good');
    expect(good.ok && good.value.desk).toMatchObject({ kind: 'outside', name: 'webhook' });
  });

  test.each([
    ['listen: 0.0.0.0:7700', false],
    ['listen: 192.168.1.5:7700', false],
    ['listen: "[::]:7700"', false],
    ['listen: localhost:7700', true],
    ['listen: "[::1]:7700"', true],
    ['listen: 0.0.0.0:7700\ntrustedProxy: 10.0.0.1', true],
    ['listen: 0.0.0.0:7700\ntrustedProxy: [10.0.0.0/8, fd00::/8]', true],
    ['listen: 10.9.0.1:7700\nallowInsecureListen: true', true],
  ])('%j without TLS is taken: %s', (yaml, taken) => {
    expect(load(yaml).ok).toBe(taken);
  });

  test('addresses for the agents are such as an agent takes', () => {
    const addresses = '[https://noc.example, "https://[2001:db8::1]:7443/vigia"]';
    const loaded = load(`agentAddresses: ${addresses}`);
    expect(loaded.ok && loaded.value.agentAddresses).toEqual([
      'https://noc.example',
      'https://[2001:db8::1]:7443/vigia',
    ]);
    const plain = 'agentAddresses: [http://10.9.0.1:7700]';
    const refused = load(plain);
    expect(refused.ok ? [] : refused.failure.issues?.map(({ path }) => path)).toEqual(['agentAddresses.0']);
    expect(load(`${plain}\nallowInsecureListen: true`).ok).toBe(true);
    for (const bad of [
      'noc.example',
      'ftp://noc.example',
      'https://u:p@noc.example',
      'https://noc.example/?a',
    ]) {
      expect(load(`agentAddresses: ["${bad}"]`).ok).toBe(false);
    }
    expect(load('agentAddresses: [https://a, https://b, https://c, https://d, https://e]').ok).toBe(false);
    expect(load('')).toMatchObject({ value: { agentAddresses: [] } });
  });

  test('plain HTTP for others by the operator’s own word is marked as such', () => {
    const loaded = load('listen: 10.9.0.1:7700\nallowInsecureListen: true');
    expect(loaded.ok && loaded.value.insecure).toBe(true);
  });

  test.each([
    ['policies: { silenceFloorMs: 40000 }', ['policies.silenceFloorMs']],
    ['policies: { heartbeatMs: 30000 }', ['policies.heartbeatMs']],
    ['tls: { certFile: no.pem, keyFile: no.key }', ['tls.certFile', 'tls.keyFile']],
    ['listen: 127.0.0.1:70000', ['listen']],
    ['trustedProxy: [10.0.0.0/40]', ['trustedProxy']],
    ['publicUrl: ftp://x', ['publicUrl']],
    ['retention: { journalDays: 14 }', ['retention.journalDays']],
    ['retention: { evidenceDays: 61, days: 3 }', ['retention.evidenceDays', 'retention.days']],
    ['retention: { incidentDays: 399, evidenceDays: 62 }', ['retention.incidentDays']],
    ['retention: { incidentDays: 3661 }', ['retention.incidentDays']],
    ['retention: { journalDays: 500 }', ['retention.evidenceDays']],
    ['retention: { evidenceDays: 600, incidentDays: 599 }', ['retention.incidentDays']],
    ['- a list', ['(document)']],
    ['listen: 127.0.0.1:1\nlisten: 127.0.0.1:2', ['line 2']],
  ])('%j is named', (yaml, paths) => {
    expect(pathsOf(load(yaml))).toEqual(paths);
  });

  test('a file that is not there is a mistake, not the defaults', () => {
    const loaded = loadConfig({ file: 'nowhere.yaml', environment: {}, workingDirectory });
    expect(loaded.ok ? '' : loaded.failure.issues?.[0]?.path).toBe('(file)');
  });
});

describe('policies and addresses', () => {
  test('a threshold of the file replaces its default and only that', () => {
    const loaded = load('policies: { resolveHoldMs: 5000 }');
    expect(loaded.ok && loaded.value.policy).toEqual({ ...defaultPolicy, resolveHoldMs: 5000 });
  });

  test('what is kept, and how long, has generous defaults; the file may name any of them', () => {
    const days = { journalDays: 35, evidenceDays: 400, incidentDays: 1_830 };
    expect(load('')).toMatchObject({ value: { retention: days } });
    expect(load('retention: { journalDays: 60 }')).toMatchObject({
      value: { retention: { ...days, journalDays: 60 } },
    });
    const refused = load('retention: { journalDays: 1 }');
    expect(refused.ok ? '' : refused.failure.issues?.[0]?.message).toMatch(
      /^wanted: 15 days at least, because /,
    );
  });

  test('this machine reaches a wildcard address by loopback', () => {
    expect(localUrl({ host: '0.0.0.0', port: 1 }, false)).toBe('http://127.0.0.1:1');
    expect(localUrl({ host: '::', port: 2 }, true)).toBe('https://[::1]:2');
    expect(localUrl({ host: '10.0.0.1', port: 3 }, false)).toBe('http://10.0.0.1:3');
  });
});
