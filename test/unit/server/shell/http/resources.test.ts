// Agents, enrolment tokens, incidents, tickets, series, health and OpenAPI over the API.
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../../server/shell/http/access/secret.ts';
import { createMetrics } from '../../../../../server/shell/http/metrics.ts';
import { agentId, incidentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { day, instant, minute, plus } from '../../../../../shared/time.ts';
import { findings } from '../../../../fakes/agent-side.ts';
import { agent, incident, openEffect } from '../../core/view/samples.ts';
import {
  agentRecord,
  auroraMatriz,
  bearer,
  type Harness,
  importInventory,
  startAt,
  startHarness,
} from './harness.ts';

const json = { ...bearer, 'content-type': 'application/json' };

function post(harness: Harness, url: string, payload?: unknown) {
  const body = payload === undefined ? {} : { payload: JSON.stringify(payload) };
  return harness.api.inject({ method: 'POST', url, headers: json, ...body });
}

const get = (harness: Harness, url: string) => harness.api.inject({ url, headers: bearer });

describe('enrolment tokens', () => {
  const place = { customer: 'aurora', site: 'matriz' };

  test('a token is shown once, kept as a digest, good for one use and 24 h', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const answer = await post(harness, '/api/v1/enrolment-tokens', { ...place, host: 'srv-ad' });
    expect(answer.statusCode).toBe(201);
    const { token, expiresAt, install } = answer.json();
    expect(Buffer.from(token, 'base64url').length).toBe(32);
    expect(expiresAt).toBe('2026-11-23T12:00:00.000Z');
    expect(install.linux).toContain(token);
    expect(install.windows).toContain(token);
    expect(install.linux).not.toContain('\n');
    const made = harness.registry.enrol(digestOf(token), startAt, (stored) => {
      expect(stored).toMatchObject({ site: 'aurora/matriz', host: 'srv-ad', usesLeft: 1 });
      return agentRecord('agent-1');
    });
    expect(made?.id).toBe('agent-1');
  });

  test.each([
    ['customer', { customer: 'nobody', site: 'matriz' }],
    ['site', { customer: 'aurora', site: 'filial' }],
    ['host', { ...place, host: 'srv-99' }],
  ])('an unknown %s is named', async (field, body) => {
    const harness = await startHarness();
    await importInventory(harness);
    const answer = await post(harness, '/api/v1/enrolment-tokens', body);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.issues[0].path).toBe(`body.${field}`);
  });

  test('every mistake of the body is listed', async () => {
    const harness = await startHarness();
    const answer = await post(harness, '/api/v1/enrolment-tokens', {
      customer: 'A B',
      uses: 0,
      expiresInMs: 31 * day,
      role: 'x',
    });
    expect(answer.statusCode).toBe(400);
    const { code, issues } = answer.json().error;
    expect(code).toBe('input.invalid');
    expect(issues.length).toBe(5);
  });
});

describe('agents', () => {
  test('the list joins record, state and session; revoking cuts, tells and hides', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    harness.registry.saveToken({
      digest: 'd'.repeat(64),
      site: auroraMatriz,
      usesLeft: 1,
      expiresAt: plus(startAt, day),
    });
    harness.registry.enrol('d'.repeat(64), startAt, () => agentRecord('agent-1'));
    await harness.commit([
      { kind: 'agent.observed', agent: agent({ egress: '198.51.100.10', version: '0.1.0' }) },
    ]);
    const id = agentId('agent-1');
    const facts = { osName: 'Debian GNU/Linux', osVersion: '12', arch: 'x64' };
    const { kind: _kind, ...found } = findings({ examinedAt: startAt });
    harness.lives.set(id, {
      ...{ connected: true, lastHeardAt: startAt, clockOffsetMs: -42, spoolDepth: 3 },
      ...{ ping: { method: 'ping', reason: 'sem permissão' }, facts, findings: found },
    });
    expect((await get(harness, '/api/v1/agents')).json().items).toEqual([
      {
        id: 'agent-1',
        customer: 'aurora',
        site: 'matriz',
        host: 'srv-ad',
        hostName: 'SRV-AD01',
        version: '0.1.0',
        presence: 'live',
        connected: true,
        lastHeardAt: '2026-11-22T12:00:00.000Z',
        clockOffsetMs: -42,
        egress: '198.51.100.10',
        spoolDepth: 3,
        enrolledAt: '2026-11-22T12:00:00.000Z',
        cloneSeenAt: null,
        cloneAddress: null,
        cloneTimes: 0,
        ping: { method: 'ping', reason: 'sem permissão' },
        system: { name: 'Debian GNU/Linux', version: '12', arch: 'x64' },
        findings: {
          ...{ examinedAt: '2026-11-22T12:00:00.000Z', good: 11, more: 0 },
          items: [
            { ...found.items[0], detail: null },
            {
              ...{ check: 'service', level: 'warning', of: null, detail: 'no unit file' },
              pt: { name: 'serviço', text: 'não há serviço instalado', advice: null },
              en: { name: 'service', text: 'no service is installed', advice: null },
            },
          ],
        },
      },
    ]);
    harness.lives.set(id, { connected: true });
    expect((await get(harness, '/api/v1/agents')).json().items[0].findings).toBeNull();
    const revoke = () =>
      harness.api.inject({ method: 'DELETE', url: '/api/v1/agents/agent-1', headers: bearer });
    expect((await revoke()).statusCode).toBe(204);
    expect(harness.cut).toEqual(['agent-1']);
    expect(harness.registry.agent(id)?.revokedAt).toBeDefined();
    expect(harness.inputs.at(-1)).toMatchObject({
      kind: 'agent.revoked',
      agent: 'agent-1',
      by: 'administrador',
    });
    expect((await get(harness, '/api/v1/agents')).json().items).toEqual([]);
    const told = harness.inputs.length;
    expect((await revoke()).statusCode).toBe(204);
    expect(harness.inputs.length).toBe(told);
  });

  test('revoking an unknown agent is 404', async () => {
    const { api } = await startHarness();
    const answer = await api.inject({ method: 'DELETE', url: '/api/v1/agents/nobody', headers: bearer });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'not-found']);
  });
});

describe('incidents', () => {
  async function withIncident(fields: Parameters<typeof incident>[0] = {}) {
    const harness = await startHarness();
    await importInventory(harness);
    const opened = incident(fields);
    await harness.commit([{ kind: 'incident.opened', incident: opened }], [openEffect(opened)]);
    return { harness, id: opened.id };
  }

  test('the list filters and the detail explains', async () => {
    const { harness, id } = await withIncident();
    const count = async (query: string) =>
      (await get(harness, `/api/v1/incidents?${query}`)).json().items.length;
    expect(await count('state=open&customer=aurora&kind=link-down&since=2026-11-22T00:00:00Z')).toBe(1);
    expect(await count('state=closed')).toBe(0);
    expect(await count('customer=other')).toBe(0);
    expect(await count('since=2026-11-23T00:00:00Z')).toBe(0);
    expect(await count('customer=aurora&site=matriz&link=vivo')).toBe(1);
    expect(await count('customer=aurora&site=matriz&link=claro')).toBe(0);
    expect(await count('customer=aurora&site=matriz&host=vivo')).toBe(0);
    expect(await count('customer=other&site=matriz&link=vivo')).toBe(0);
    harness.clock.advance(60_000);
    const detail = (await get(harness, `/api/v1/incidents/${id}`)).json();
    expect(detail.title).toBe('Link Vivo Empresas (principal) fora do ar — Padaria Aurora, Matriz');
    expect(detail.timeline[0].text).toBe('Primeira evidência da falha');
    expect(detail.stretches).toEqual([{ kind: 'down', from: detail.detectedAt, to: null, share: 1 }]);
    const english = (await get(harness, `/api/v1/incidents/${id}?language=en`)).json();
    expect(english.title).toBe('Link Vivo Empresas (primary) is down — Padaria Aurora, Matriz');
    expect((await get(harness, '/api/v1/incidents/inc-9-9')).statusCode).toBe(404);
  });

  test.each([
    'state=opened',
    'kind=fire',
    'since=yesterday',
    'customer=A%20B',
    'site=matriz',
    'link=vivo&customer=aurora',
    'host=srv-ad&customer=aurora',
    'limit=0',
    'limit=501',
    'limit=1e2',
    'stat=open',
    'language=de',
  ])('%s is refused and named', async (query) => {
    const harness = await startHarness();
    const answer = await get(harness, `/api/v1/incidents?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(answer.json().error.issues)).toContain(query.split('=')[0]);
  });

  test('acknowledging names who did it, twice is a conflict', async () => {
    const { harness, id } = await withIncident();
    const { cookie } = await harness.signIn();
    const headers = { cookie, host: 'vigia.test', origin: 'http://vigia.test', 'x-vigia-console': '1' };
    const url = `/api/v1/incidents/${id}/acknowledgement`;
    const answer = await harness.api.inject({ method: 'POST', url, headers });
    expect(answer.json()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'Maria' });
    const again = await post(harness, url);
    expect([again.statusCode, again.json().error.code]).toEqual([409, 'conflict']);
    expect(again.json().error.message).toContain('Maria');
  });

  test('a note needs text of a bounded length and only that', async () => {
    const { harness, id } = await withIncident();
    const url = `/api/v1/incidents/${id}/notes`;
    for (const body of [{}, { text: '  ' }, { text: 'x'.repeat(4_001) }, { text: 'a', by: 'eu' }]) {
      expect((await post(harness, url, body)).statusCode).toBe(400);
    }
    expect((await post(harness, url)).statusCode).toBe(400);
    const answer = await post(harness, url, { text: 'Modem reiniciado' });
    expect(answer.json().timeline.at(-1)).toMatchObject({ by: 'administrador', kind: 'noted' });
  });

  test.each([
    ['acknowledgement', 'resolved', 409],
    ['acknowledgement', 'closed', 409],
    ['notes', 'closed', 409],
    ['notes', 'resolved', 200],
    ['resolution', 'resolved', 409],
    ['resolution', 'acknowledged', 200],
    ['reopening', 'open', 409],
    ['reopening', 'closed', 409],
    ['reopening', 'resolved', 200],
  ] as const)('%s of an incident that is %s answers %i', async (action, state, status) => {
    const { harness, id } = await withIncident();
    const kind = state === 'closed' ? 'incident.closed' : 'incident.changed';
    await harness.commit([{ kind, incident: incident({ state }) }]);
    const answer = await post(harness, `/api/v1/incidents/${id}/${action}`, { text: 'texto' });
    expect(answer.statusCode).toBe(status);
  });

  test('an action whose incident closed on the way is a conflict, not a success', async () => {
    const { harness, id } = await withIncident();
    const [closed, answer] = await Promise.all([
      harness.commit([{ kind: 'incident.closed', incident: incident({ state: 'closed' }) }]),
      post(harness, `/api/v1/incidents/${id}/acknowledgement`),
    ]);
    expect(closed).toBeUndefined();
    expect(answer.statusCode).toBe(409);
  });

  test('an unknown incident is 404 for every action', async () => {
    const harness = await startHarness();
    for (const action of ['acknowledgement', 'notes', 'resolution', 'reopening']) {
      const answer = await post(harness, `/api/v1/incidents/inc-1-0/${action}`, { text: 'x' });
      expect(answer.statusCode).toBe(404);
    }
  });

  test('a stopping server says unavailable and try again', async () => {
    const { harness, id } = await withIncident();
    await harness.runtime.stop();
    const answer = await post(harness, `/api/v1/incidents/${id}/acknowledgement`);
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

describe('tickets', () => {
  test('a ticket shows its text and its delivery, by incident and by protocol', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const ticket = {
      state: 'registered',
      effect: openEffect(incident()).key,
      desk: 'local',
      protocol: 'VIG-1',
    } as const;
    const opened = incident({ ticket });
    await harness.commit([{ kind: 'incident.opened', incident: opened }], [openEffect(opened)]);
    const { items } = (await get(harness, '/api/v1/tickets')).json();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ id: opened.id, desk: 'local', protocol: 'VIG-1', priority: 'critical' });
    expect((await get(harness, `/api/v1/tickets/${opened.id}`)).json()).toEqual(items[0]);
    expect((await get(harness, '/api/v1/tickets/VIG-1')).json()).toEqual(items[0]);
    expect((await get(harness, '/api/v1/tickets/VIG-2')).statusCode).toBe(404);
  });

  /** That many closed incidents, the first detected first, each with its ticket and protocol `OLD-n`. */
  async function withHistory(count: number): Promise<Harness> {
    const harness = await startHarness();
    await importInventory(harness);
    for (let n = 1; n <= count; n += 1) {
      const fields = {
        id: incidentId(n, 0),
        causeKey: `link:${n}`,
        detectedAt: plus(startAt, n),
        retro: true,
      };
      const asked = incident({ ...fields, state: 'closed' });
      const { key } = openEffect(asked);
      const ticket = { state: 'registered', effect: key, desk: 'local', protocol: `OLD-${n}` } as const;
      await harness.commit(
        [{ kind: 'incident.recorded', incident: { ...asked, ticket } }],
        [openEffect(asked)],
      );
    }
    return harness;
  }

  test('the oldest of more tickets than one answer holds is found by its incident and by its protocol', async () => {
    const harness = await withHistory(limits.listRowsMax + 1);
    const byId = (await get(harness, `/api/v1/tickets/${incidentId(1, 0)}`)).json();
    expect(byId).toMatchObject({ id: incidentId(1, 0), protocol: 'OLD-1' });
    expect((await get(harness, '/api/v1/tickets/OLD-1')).json()).toEqual(byId);
    const { items, next } = (await get(harness, `/api/v1/tickets?limit=${limits.listRowsMax}`)).json();
    expect([items.length, next]).toEqual([limits.listRowsMax, incidentId(2, 0)]);
    const rest = (await get(harness, `/api/v1/tickets?limit=${limits.listRowsMax}&before=${next}`)).json();
    expect(rest).toEqual({ items: [byId], next: null });
  });

  test('pages follow one another without a gap, from a ticket or its protocol, and the last one says so', async () => {
    const harness = await withHistory(5);
    const page = async (query: string) => {
      const { items, next } = (await get(harness, `/api/v1/tickets?limit=2${query}`)).json();
      return [items.map(({ protocol }: { protocol: string }) => protocol), next];
    };
    expect(await page('')).toEqual([['OLD-5', 'OLD-4'], incidentId(4, 0)]);
    expect(await page(`&before=${incidentId(4, 0)}`)).toEqual([['OLD-3', 'OLD-2'], incidentId(2, 0)]);
    expect(await page('&before=OLD-3')).toEqual([['OLD-2', 'OLD-1'], null]);
    expect(await page('&before=OLD-1')).toEqual([[], null]);
    const unknown = await get(harness, '/api/v1/tickets?before=nobody');
    expect([unknown.statusCode, unknown.json().error.issues[0].path]).toEqual([404, 'query.before']);
  });
});

describe('link series', () => {
  const url = '/api/v1/links/aurora/matriz/vivo/series';

  test('points come back with their loss ratio; the last 24 h unless asked otherwise', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    harness.series.save({
      agent: agentId('agent-1'),
      site: auroraMatriz,
      epoch: 1,
      items: [{ seq: 1, at: instant(startAt - 60_000), link: 'vivo', sent: 12, lost: 3, rttAvgMs: 9.5 }],
    });
    const answer = (await get(harness, url)).json();
    expect(answer.from).toBe('2026-11-21T12:00:00.000Z');
    expect(answer.items).toEqual([
      expect.objectContaining({ sent: 12, lost: 3, lossRatio: 0.25, rttAvgMs: 9.5, rttP95Ms: null }),
    ]);
    expect((await get(harness, `${url}?to=2026-11-20T00:00:00Z`)).json().items).toEqual([]);
  });

  test.each([
    ['?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z', 400],
    ['?from=2020-01-01T00:00:00Z', 400],
    ['?from=x', 400],
  ])('%s is refused', async (query, status) => {
    const harness = await startHarness();
    expect((await get(harness, `${url}${query}`)).statusCode).toBe(status);
  });

  test('it says when incidents had the link down, also one that began before', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    await harness.commit([{ kind: 'incident.opened', incident: incident() }], [openEffect(incident())]);
    harness.clock.advance(minute);
    const lasts = { incident: 'inc-7-0', kind: 'down', from: '2026-11-22T12:00:00.000Z', to: null };
    expect((await get(harness, url)).json().stretches).toMatchObject([lasts]);
    expect((await get(harness, `${url}?from=2026-11-22T12:00:30Z`)).json().stretches).toMatchObject([lasts]);
    expect((await get(harness, `${url}?to=2026-11-22T11:00:00Z`)).json().stretches).toEqual([]);
    expect((await get(harness, url.replace('vivo', 'claro'))).json().stretches).toEqual([]);
  });

  test('an unknown link is 404, a known one without points is empty', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    expect((await get(harness, url)).json().items).toEqual([]);
    expect((await get(harness, url.replace('vivo', 'oi'))).statusCode).toBe(404);
  });
});

describe('health, metrics, OpenAPI', () => {
  test('readyz gives its reasons', async () => {
    const reason = 'the inbox is nearly full';
    const harness = await startHarness({
      parts: { ready: () => [{ name: 'correlator', ok: false, reason }] },
    });
    const answer = await harness.api.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, checks: [{ name: 'correlator', ok: false, reason }] });
    expect((await harness.api.inject({ url: '/healthz' })).json().alive).toBe(true);
  });

  test('metrics are Prometheus text, open on this machine and to a token from elsewhere', async () => {
    const harness = await startHarness();
    const near = await harness.api.inject({ url: '/metrics' });
    expect(near.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(near.body).toContain('# TYPE vigia_http_refused_total counter');
    const far = { url: '/metrics', remoteAddress: '192.0.2.9' };
    expect((await harness.api.inject(far)).statusCode).toBe(401);
    expect((await harness.api.inject({ ...far, headers: bearer })).statusCode).toBe(200);
    expect((await harness.api.inject({ url: '/api/v1/metrics' })).statusCode).toBe(401);
  });

  test('counters count known labels only and escape their values', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('x_total', 'X', { name: 'why', values: ['a"b'] });
    counter.add('a"b');
    counter.add('stranger');
    metrics.gauge('y', 'Y', () => 4);
    expect(metrics.text()).toBe(
      '# HELP x_total X\n# TYPE x_total counter\nx_total{why="a\\"b"} 1\n# HELP y Y\n# TYPE y gauge\ny 4\n',
    );
  });

  test('a parameter that no route reads is refused everywhere', async () => {
    const harness = await startHarness();
    for (const path of ['agents', 'inventory', 'tickets', 'session', 'readyz', 'wall', 'stream']) {
      expect((await get(harness, `/api/v1/${path}?x=1`)).statusCode).toBe(400);
    }
  });

  test('OpenAPI lists every route of the API', async () => {
    const { api } = await startHarness();
    const { paths } = (await api.inject({ url: '/api/openapi.json' })).json();
    const listed = Object.entries<Record<string, unknown>>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
    );
    expect(listed.sort()).toEqual(
      [
        'PUT /inventory',
        'GET /maintenance-windows',
        'POST /maintenance-windows',
        'DELETE /maintenance-windows/{id}',
        'POST /maintenance-windows/preview',
        'GET /maintenance-windows/calendar',
        'POST /silences/preview',
        'GET /silences',
        'POST /silences',
        'DELETE /silences/{id}',
        'GET /inventory',
        'POST /enrolment-tokens',
        'GET /providers',
        'GET /agents',
        'DELETE /agents/{id}',
        'GET /incidents',
        'GET /incidents/{id}',
        'POST /incidents/{id}/acknowledgement',
        'POST /incidents/{id}/assignment',
        'POST /incidents/{id}/notes',
        'POST /incidents/{id}/resolution',
        'POST /incidents/{id}/reopening',
        'POST /incidents/{id}/pause',
        'POST /incidents/{id}/resumption',
        'GET /tickets',
        'GET /tickets/{id}',
        'GET /reports/availability',
        'GET /reports/dossier',
        'GET /links/{customer}/{site}/{link}/series',
        'POST /desk-events',
        'POST /desk-events/{kind}',
        'POST /desk-events/{kind}/{token}',
        'GET /channels',
        'POST /channels/{name}/test',
        'POST /sign-in-links',
        'DELETE /api-tokens/{id}',
        'DELETE /users/{login}',
        'GET /api-tokens',
        'GET /audit',
        'GET /sign-in-options',
        'GET /users',
        'PATCH /users/{login}',
        'POST /account/password',
        'POST /account/totp',
        'POST /account/totp/confirmation',
        'POST /account/totp/removal',
        'POST /api-tokens',
        'POST /set-up',
        'POST /sign-in',
        'POST /users',
        'GET /session',
        'DELETE /session',
        'GET /wall',
        'GET /stream',
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
      ].sort(),
    );
  });
});
