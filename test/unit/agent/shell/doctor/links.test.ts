// Doctor on the way out, over probes that answer what the test says: per link, of n, and what counts as no answer.
import { describe, expect, it } from 'vitest';
import type { LinkView } from '../../../../../agent/core/view.ts';
import type { Tools } from '../../../../../agent/shell/doctor/finding.ts';
import { checkLinks } from '../../../../../agent/shell/doctor/links.ts';
import { checkPing } from '../../../../../agent/shell/doctor/ping.ts';
import { failure } from '../../../../../shared/failure.ts';
import type { PingAnswer } from '../../../../../shared/icmp/icmp.ts';
import { fail, ok } from '../../../../../shared/result.ts';
import { linkOf, statusOf } from '../../../../fakes/agent-status.ts';
import { brief, fakeIcmp, patientAt } from '../../../../fakes/doctor-patient.ts';

const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
const lost: PingAnswer = { kind: 'lost' };
const good: PingAnswer = { kind: 'answered', rttMs: 9.4 };
const silent = async (): Promise<PingAnswer> => lost;
const noIcmp = () => fail(failure('probe.unavailable', 'no right to open a socket'));

function examined(links: readonly LinkView[], more: Partial<Tools> = {}) {
  const asked = { anchors, dns: ['1.1.1.1'], page: 'http://page.example/generate_204' };
  const status = { ok: true, value: statusOf({}, { links, asked }) } as const;
  return checkLinks(patientAt('/nowhere', more, { status }));
}
const answers = (of: Readonly<Record<string, PingAnswer>>) => () =>
  ok(fakeIcmp((address) => of[address] ?? lost));

describe('doctor: the way out', () => {
  it('is well when everything answers, asked by the default route where there is one link', async () => {
    const found = await examined([linkOf({ mode: 'free', source: undefined, gateway: '192.168.10.9' })]);
    expect(brief(found)).toEqual(['gateway ok', 'anchors ok', 'dns ok', 'page ok']);
    expect(found[0]).toMatchObject({ of: 'vivo', text: '192.168.10.9 responde (9,4 ms)' });
    expect(found[1]?.text).toBe('3 de 3 respondem (9,4 ms)');
  });

  it('is asked for each bound link by its own source, and never for one that cannot be bound', async () => {
    const sources: (string | undefined)[] = [];
    const links = [linkOf({ source: '10.0.0.1' }), linkOf({ key: 'claro', source: '10.0.0.2' })];
    const dns = async ({ source }: { readonly source?: string }): Promise<PingAnswer> => {
      sources.push(source);
      return good;
    };
    await examined(links, { dns });
    expect(sources.sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    const found = await examined([...links, linkOf({ key: 'oi', mode: 'egress', source: undefined })]);
    expect([...new Set(found.map(({ of }) => of))]).toEqual(['vivo', 'claro', 'rota padrão']);
  });

  it('stops at a source address that this machine does not have', async () => {
    const links = [linkOf(), linkOf({ key: 'claro', source: '10.0.0.2' })];
    const found = await examined(links, { hasAddress: (address) => address === '10.0.0.2' });
    expect(brief(found.filter(({ of }) => of === 'vivo'))).toEqual(['source warning']);
    expect(found.filter(({ of }) => of === 'claro')).toHaveLength(5);
  });

  it('counts anchors of n: one silent is well, two are a warning, all are an error', async () => {
    const link = [linkOf({ mode: 'free' })];
    const level = async (of: Readonly<Record<string, PingAnswer>>) => {
      const found = await examined(link, { openIcmp: answers(of), tcp: silent });
      return found.find(({ check }) => check === 'anchors');
    };
    expect(await level({ '1.1.1.1': good, '8.8.8.8': good })).toMatchObject({ level: 'ok' });
    expect(await level({ '1.1.1.1': good })).toMatchObject({
      level: 'warning',
      text: 'só 1 de 3 respondem; mudos: 8.8.8.8, 9.9.9.9',
    });
    expect(await level({})).toMatchObject({ level: 'error' });
  });

  it('takes an anchor that answers by TCP only for one that answers', async () => {
    const found = await examined([linkOf({ mode: 'free' })], { openIcmp: answers({}) });
    expect(found.find(({ check }) => check === 'anchors')).toMatchObject({ level: 'ok' });
  });

  it('tells a probe that could not leave from one that got no answer', async () => {
    const stuck: PingAnswer = { kind: 'local', local: 'no-route' };
    const found = await examined([linkOf({ mode: 'free' })], {
      openIcmp: () => ok(fakeIcmp(() => stuck)),
      tcp: async () => stuck,
      dns: async () => stuck,
    });
    expect(found.find(({ check }) => check === 'anchors')?.text).toBe('não foi possível enviar: não há rota');
    expect(brief(found)).toContain('dns error');
  });

  it('finds the router by itself, says when there is none, and forgives one that is silent', async () => {
    const link = [linkOf({ mode: 'free' })];
    expect(brief(await examined(link, { gateway: async () => undefined }))).toContain('gateway warning');
    const mute = await examined(link, { openIcmp: answers({ '1.1.1.1': good, '8.8.8.8': good }) });
    expect(brief(mute).slice(0, 2)).toEqual(['gateway warning', 'anchors ok']);
  });

  it('names a login page, and a page that does not answer', async () => {
    const link = [linkOf({ mode: 'free' })];
    expect(brief(await examined(link, { page: async () => ({ http: 'redirected' }) }))).toContain(
      'page error',
    );
    expect(brief(await examined(link, { page: async () => ({ http: 'failed' }) }))).toContain('page warning');
  });

  it('asks the usual anchors where no agent has ever run', async () => {
    const found = await checkLinks(patientAt('/nowhere'));
    expect(brief(found)).toEqual(['gateway ok', 'anchors ok', 'dns ok', 'page ok']);
  });
});

describe('doctor: ways of pinging', () => {
  it('tells each by itself, and what the running agent uses', async () => {
    const status = { ok: true, value: statusOf({ ping: { method: 'ping' } }) } as const;
    const found = await checkPing(patientAt('/nowhere', {}, { status }));
    expect(brief(found)).toEqual(['ping-native ok', 'ping-program ok', 'ping-tcp ok']);
    expect(found[0]?.detail).toBe('o agente em execução usa: programa ping');
  });

  it('says why native ICMP does not work, for which user and what to do', async () => {
    const [found] = await checkPing(patientAt('/nowhere', { openIcmp: noIcmp }));
    expect(found).toMatchObject({ level: 'warning', advice: expect.stringContaining('CAP_NET_RAW') });
    expect(found?.text).toBe('não funciona para o usuário vigia-agent: no right to open a socket');
  });

  it('calls a socket that opens and hears nothing no way to ping', async () => {
    const deaf = () => ok(fakeIcmp(() => lost));
    const [found] = await checkPing(patientAt('/nowhere', { openIcmp: deaf }));
    expect(found?.text).toContain('não respondeu na própria máquina');
  });

  it('warns when only TCP is left, and not when only the program is missing', async () => {
    expect(brief(await checkPing(patientAt('/nowhere', { openIcmp: noIcmp, pingProgram: silent })))).toEqual([
      'ping-native warning',
    ]);
    expect(brief(await checkPing(patientAt('/nowhere', { pingProgram: silent })))).toEqual([
      'ping-native ok',
      'ping-program ok',
      'ping-tcp ok',
    ]);
  });
});
