// `channels`, `notices` and the contract's part of `policies` in vigia.yaml: defaults, secrets from files, every mistake with
// its path and none of its secrets.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig, loadPolicies } from '../../../server/config.ts';
import { strangersIn } from '../../../server/policy-config.ts';
import { defaultNotices } from '../../../server/shell/notices/settings.ts';
import { defaultSlaPolicies, slaPoliciesSchema } from '../../../shared/sla-policy.ts';
import { transcriptTopology } from '../../scenario/fleet.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function load(yaml: string, files: Readonly<Record<string, string>> = {}, mode = 0o600) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-notices-'));
  folders.push(folder);
  const file = join(folder, 'vigia.yaml');
  writeFileSync(file, yaml);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  }
  return { loaded: loadConfig({ file, environment: {}, workingDirectory: folder }), file };
}

function mistakes(yaml: string, files: Readonly<Record<string, string>> = {}, mode = 0o600) {
  const { loaded } = load(yaml, files, mode);
  if (loaded.ok) return expect.unreachable('expected mistakes');
  return (loaded.failure.issues ?? []).map(({ path }) => path).sort();
}

const all = `channels:
  - { name: correio, kind: email, host: mail.example, user: vigia, passwordFile: mail.key, from: v@msp.example, to: [noc@msp.example] }
  - { name: celular, kind: whatsapp, phoneNumberId: "109876543210", tokenFile: wa.key, template: vigia_aviso, to: ["+5511911112222"] }
  - { name: grupo, kind: telegram, tokenFile: tg.key, to: [-100123] }
  - { name: sala, kind: teams, urlFile: hook.url }
  - { name: canal, kind: slack, urlFile: hook.url }
  - { name: pager, kind: webhook, urlFile: hook.url, secretFile: mail.key }
`;
const files = {
  'mail.key': 'a password of some length\n',
  'wa.key': 'EAAG-token',
  'tg.key': '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  'hook.url': 'https://hooks.example/services/T000/SECRET\n',
};

describe('channels in the configuration', () => {
  it('none is there by default, and the firm routes hold', () => {
    const { loaded } = load('');
    expect(loaded.ok && loaded.value).toMatchObject({
      channels: [],
      notices: defaultNotices,
      sla: defaultSlaPolicies,
    });
  });

  it('each kind is opened under its name with its own keys', () => {
    const { loaded } = load(all, files);
    const channels = loaded.ok ? loaded.value.channels : expect.unreachable(JSON.stringify(loaded.failure));
    const clock = { now: () => expect.unreachable(), after: () => () => {} };
    expect(channels.map(({ open }) => open({ clock })).map(({ name, kind }) => [name, kind])).toEqual([
      ['correio', 'email'],
      ['celular', 'whatsapp'],
      ['grupo', 'telegram'],
      ['sala', 'teams'],
      ['canal', 'slack'],
      ['pager', 'webhook'],
    ]);
  });

  it('secrets that are missing, empty or readable by others are refused, each with its path', () => {
    const paths = ['[0].passwordFile', '[1].tokenFile', '[2].tokenFile', '[3].urlFile', '[4].urlFile'];
    const wanted = [...paths, '[5].secretFile', '[5].urlFile'].map((path) => `channels${path}`);
    expect(mistakes(all)).toEqual(wanted);
    expect(mistakes(all, { 'mail.key': '', 'wa.key': '', 'tg.key': '', 'hook.url': '' })).toEqual(wanted);
    if (process.platform !== 'win32') expect(mistakes(all, files, 0o640)).toEqual(wanted);
  });

  it('a hook that is no https address is refused without being shown', () => {
    const { loaded } = load('channels: [{ name: canal, kind: slack, urlFile: hook.url }]', {
      'hook.url': 'http://hooks.example/SECRET',
    });
    expect(loaded.ok ? '' : JSON.stringify(loaded.failure)).toContain('channels[0].urlFile');
    expect(JSON.stringify(loaded)).not.toContain('SECRET');
  });

  it('every mistake has its path: unknown kinds and keys, wrong numbers, names given twice, plain e-mail', () => {
    expect(
      mistakes(
        `channels:
  - { name: a, kind: sms }
  - { name: b, kind: telegram, tokenFile: tg.key, to: [], colour: red }
  - { name: c, kind: whatsapp, phoneNumberId: x, tokenFile: wa.key, template: Vigia, to: ["11 9"] }
  - { name: d, kind: email, host: mail.example, security: none, from: v@msp.example, to: [noc@msp.example] }
  - { name: sala, kind: teams, urlFile: hook.url }
  - { name: sala, kind: slack, urlFile: hook.url }
`,
        files,
      ),
    ).toEqual([
      'channels',
      'channels[0].kind',
      'channels[1].colour',
      'channels[1].to',
      'channels[2].phoneNumberId',
      'channels[2].template',
      'channels[2].to[0]',
      'channels[3].security',
    ]);
    expect(mistakes('channels: email')).toEqual(['channels']);
  });

  it('what the manual shows is what is read, and its routes are the shipped ones', () => {
    const manual = readFileSync(join(import.meta.dirname, '../../../docs/channels.md'), 'utf8');
    const [shipped = '', rota = ''] = [...manual.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml);
    const yaml = `${shipped.replace('/etc/vigia/telegram-token', 'tg.key')}${rota}`;
    const { loaded } = load(yaml, files);
    const config = loaded.ok ? loaded.value : expect.unreachable(JSON.stringify(loaded.failure));
    expect(config.notices).toEqual(defaultNotices);
    expect(config.channels.map(({ name }) => name)).toEqual(['plantao']);
    expect(config.sla.rota.overrides).toHaveLength(1);
  });

  it('a route to a channel that is not there is refused', () => {
    expect(mistakes('notices: { routes: [{ channels: [sala] }], stormMax: 1 }')).toEqual([
      'notices.stormMax',
    ]);
    expect(mistakes('notices: { routes: [{ channels: [sala] }] }')).toEqual(['notices.routes[0].channels']);
  });
});

describe('the contract’s clock in the configuration', () => {
  const yaml = `policies:
  blipMs: 12000
  holidays: { carnivalTuesday: always }
  plans: { PRO: { escalation: { inside: { callAgainMs: 60000 } } } }
  rota: { weekly: [{ role: noc, days: [mon], from: "08:00", until: "18:00", people: [Ana] }] }
`;

  it('stands beside the thresholds and does not enter them', () => {
    const { loaded } = load(yaml);
    const config = loaded.ok ? loaded.value : expect.unreachable(JSON.stringify(loaded.failure));
    expect(config.policy.blipMs).toBe(12_000);
    expect(Object.keys(config.policy)).not.toContain('plans');
    expect(config.sla.holidays.carnivalTuesday).toBe('always');
    expect(config.sla.plans.PRO.escalation.inside.callAgainMs).toBe(60_000);
    expect(config.sla.rota.weekly[0]?.people).toEqual(['Ana']);
  });

  it('a customer´s own contract stands by its key, and what it does not name has no default', () => {
    const own = '{ hours: [{ days: [sat], from: "08:00", until: "12:00" }], targets: { priority: 60000 } }';
    const { loaded } = load(`policies: { customers: { aurora: ${own} }, closing: note }`);
    const { sla, policy } = loaded.ok ? loaded.value : expect.unreachable(JSON.stringify(loaded.failure));
    expect(sla.customers).toEqual({
      aurora: { hours: [{ days: ['sat'], from: 480, until: 720 }], targets: { priority: 60_000 } },
    });
    expect(sla.closing).toBe('note');
    expect(Object.keys(policy)).not.toContain('customers');
  });

  it.each([
    ['customers: { aurora: { hour: 1 } }', 'policies.customers.aurora.hour'],
    ['customers: { aurora: { targets: { critical: -1 } } }', 'policies.customers.aurora.targets.critical'],
    ['customers: { "Padaria Aurora": {} }', 'policies.customers.Padaria Aurora'],
    ['closing: never', 'policies.closing'],
    [
      'plans: { PRO: { priorities: { linkDownBackup: low } } }',
      'policies.plans.PRO.priorities.linkDownBackup',
    ],
    [
      'plans: { PRO: { escalation: { standard: { toLevel2Ms: soon } } } }',
      'policies.plans.PRO.escalation.standard.toLevel2Ms',
    ],
  ])('%s names where the mistake is', (yaml, path) => {
    expect(mistakes(`policies: { ${yaml} }`)).toEqual([path]);
  });

  it('a customer that the inventory does not know is found', () => {
    const sla = slaPoliciesSchema.parse({ customers: { aurora: {}, auroa: {} } });
    expect(strangersIn(sla, transcriptTopology)).toEqual(['auroa']);
    expect(strangersIn(defaultSlaPolicies, transcriptTopology)).toEqual([]);
  });

  it('a what-if reads the thresholds of the same file', () => {
    const { file } = load(yaml);
    expect(loadPolicies(file)).toEqual({ ok: true, value: { blipMs: 12_000 } });
  });

  it('a name with a comma could not be told from two people', () => {
    const line = '{ role: noc, days: [mon], from: "08:00", until: "18:00", people: ["Ana, Beto"] }';
    expect(mistakes(`policies: { rota: { weekly: [${line}] } }`)).toEqual(['policies.rota.weekly[0].people']);
  });
});
