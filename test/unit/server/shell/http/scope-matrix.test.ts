// Who may what, and who hears of whom: generated from the OpenAPI document, so that a route nobody thought of fails here.
import { get as httpGet } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { limits } from '../../../../../shared/limits.ts';
import { bearer } from './harness.ts';
import {
  foreign,
  type Kind,
  otherIncident,
  secrets,
  sharedOutage,
  type TwoCustomers,
  twoCustomers,
  unknown,
} from './two-customers.ts';

type Ids = Readonly<Record<Kind, string>>;
type Role = 'viewer' | 'operator' | 'administrator';

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** The least role of every route, `+` where one must see all customers. Said here once more, by hand. */
const access: Readonly<Record<string, `${Role}${'' | '+'}` | 'public'>> = {
  'DELETE /agents/{id}': 'administrator',
  'DELETE /api-tokens/{id}': 'administrator+',
  'DELETE /maintenance-windows/{id}': 'operator',
  'DELETE /session': 'viewer',
  'DELETE /silences/{id}': 'operator',
  'DELETE /users/{login}': 'administrator+',
  'GET /agents': 'viewer',
  'GET /api-tokens': 'administrator+',
  'GET /audit': 'administrator+',
  'GET /channels': 'viewer+',
  'GET /healthz': 'viewer',
  'GET /incidents': 'viewer',
  'GET /incidents/{id}': 'viewer',
  'GET /inventory': 'viewer',
  'GET /links/{customer}/{site}/{link}/series': 'viewer',
  'GET /maintenance-windows': 'viewer',
  'GET /maintenance-windows/calendar': 'viewer',
  'GET /manual-queue': 'viewer',
  'GET /metrics': 'viewer+',
  'GET /providers': 'viewer',
  'GET /readyz': 'viewer+',
  'GET /reports/availability': 'viewer',
  'GET /reports/dossier': 'viewer',
  'GET /session': 'viewer',
  'GET /sign-in-options': 'public',
  'GET /silences': 'viewer',
  'GET /stream': 'viewer',
  'GET /tickets': 'viewer',
  'GET /tickets/{id}': 'viewer',
  'GET /users': 'administrator+',
  'GET /wall': 'viewer',
  'PATCH /users/{login}': 'administrator+',
  'POST /account/password': 'viewer',
  'POST /account/totp': 'viewer',
  'POST /account/totp/confirmation': 'viewer',
  'POST /account/totp/removal': 'viewer',
  'POST /api-tokens': 'administrator+',
  'POST /channels/{name}/test': 'administrator+',
  'POST /desk-events': 'public',
  'POST /desk-events/{kind}': 'public',
  'POST /desk-events/{kind}/{token}': 'public',
  'POST /enrolment-tokens': 'operator',
  'POST /incidents/{id}/acknowledgement': 'operator',
  'POST /incidents/{id}/assignment': 'operator',
  'POST /incidents/{id}/notes': 'operator',
  'POST /incidents/{id}/pause': 'operator',
  'POST /incidents/{id}/reopening': 'operator',
  'POST /incidents/{id}/resolution': 'operator',
  'POST /incidents/{id}/resumption': 'operator',
  'POST /maintenance-windows': 'operator',
  'POST /maintenance-windows/preview': 'operator',
  'POST /silences/preview': 'operator',
  'POST /manual-queue/{incident}/notes-done': 'operator',
  'POST /manual-queue/{incident}/registration': 'operator',
  'POST /manual-queue/{incident}/send-again': 'operator',
  'POST /set-up': 'public',
  'POST /sign-in': 'public',
  'POST /sign-in-links': 'administrator+',
  'POST /silences': 'operator',
  'POST /users': 'administrator+',
  'PUT /inventory': 'administrator+',
};

const span = { startsAt: '2026-11-24T12:00:00Z', endsAt: '2026-11-24T13:00:00Z', reason: 'troca' };
const place = ({ customer, site, link }: Ids) => ({ customer, site, link });

/** A body that would be good, were the names the caller's. */
const bodies: Readonly<Record<string, (ids: Ids) => unknown>> = {
  'POST /enrolment-tokens': ({ customer, site, host }) => ({ customer, site, host }),
  'POST /incidents/{id}/assignment': () => ({ to: 'Maria' }),
  'POST /incidents/{id}/notes': () => ({ text: 'nota' }),
  'POST /incidents/{id}/pause': () => ({ text: 'espera' }),
  'POST /maintenance-windows': (ids) => ({ scope: place(ids), ...span }),
  'POST /maintenance-windows/preview': (ids) => ({ scope: place(ids), ...span }),
  'POST /manual-queue/{incident}/notes-done': ({ key }) => ({ keys: [key] }),
  'POST /manual-queue/{incident}/registration': ({ protocol }) => ({ protocol }),
  'POST /manual-queue/{incident}/send-again': ({ key }) => ({ keys: [key] }),
  'POST /silences': (ids) => ({ scope: place(ids), until: span.endsAt, reason: 'troca' }),
  'POST /silences/preview': (ids) => ({ scope: place(ids), until: span.endsAt }),
};

/** Queries that name things, beside the bare route. */
const queries: Readonly<Record<string, (ids: Ids) => readonly string[]>> = {
  'GET /incidents': ({ customer, site, link, host }) => [
    `customer=${customer}`,
    `customer=${customer}&site=${site}&link=${link}`,
    `customer=aurora&site=${site}&host=${host}`,
    'kind=provider-outage',
    'kind=own-outage',
    'state=closed',
    'since=2026-01-01T00:00:00Z&language=en',
  ],
  'GET /incidents/{id}': () => ['language=en'],
  'GET /tickets': ({ incident, protocol, outage }) =>
    [incident, protocol, outage].map((id) => `before=${id}`),
  'GET /links/{customer}/{site}/{link}/series': () => ['from=2026-11-22T00:00:00Z&to=2026-11-22T12:00:00Z'],
  'GET /maintenance-windows': ({ customer }) => [`customer=${customer}`],
  'GET /maintenance-windows/calendar': ({ customer }) =>
    ['', `&customer=${customer}`].map((more) => `from=2026-11-22T00:00:00Z&to=2026-11-29T00:00:00Z${more}`),
  'GET /silences': ({ customer }) => [`customer=${customer}`],
  'GET /providers': () => ['days=90'],
  'GET /reports/availability': ({ customer }) =>
    ['json', 'html', 'csv'].flatMap((format) =>
      [customer, 'aurora'].map((each) => `customer=${each}&month=2026-11&format=${format}`),
    ),
  'GET /reports/dossier': ({ incident, closed, outage, link }) =>
    [incident, closed, outage, 'inc-30-0', 'inc-7-0'].flatMap((id) => [
      `incident=${id}`,
      `incident=${id}&link=${link}`,
    ]),
};

interface Request {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
}

/** Every way to ask for this operation about the things of `ids`; in the same order for other ids. */
function requestsOf(operation: string, ids: Ids): readonly Request[] {
  const [word = '', path = ''] = operation.split(' ');
  const method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).parse(word);
  const paths = path.includes('{customer}')
    ? [
        [ids.customer, ids.site, ids.link],
        ['aurora', ids.site, ids.link],
        ['aurora', 'matriz', ids.link],
      ].map(([customer = '', site = '', link = '']) =>
        path.replace('{customer}', customer).replace('{site}', site).replace('{link}', link),
      )
    : path.includes('{')
      ? Object.values(ids).map((id) => path.replace(/\{\w+\}/g, encodeURIComponent(id)))
      : [path];
  const asked = ['', ...(queries[operation]?.(ids) ?? []).map((query) => `?${query}`)];
  const body = bodies[operation]?.(ids);
  return paths.flatMap((each) =>
    asked.map((query) => ({
      ...{ operation, method, url: `/api/v1${each}${query}` },
      ...(body === undefined ? {} : { body }),
    })),
  );
}

/** The foreign names that this request itself has said read as the unknown ones; what was not said stays a leak. */
function withoutEcho(text: string, { url, body }: Request): string {
  const said = `${decodeURIComponent(url)} ${JSON.stringify(body)}`;
  const kinds = (Object.keys(foreign) as readonly Kind[]).filter((kind) => said.includes(foreign[kind]));
  return kinds
    .toSorted((a, b) => foreign[b].length - foreign[a].length)
    .reduce((rest, kind) => rest.replaceAll(foreign[kind], unknown[kind]), text);
}

describe('who may what', () => {
  let world: TwoCustomers;
  let operations: readonly string[];
  beforeEach(async () => {
    world = await twoCustomers();
    const answer = await world.harness.api.inject({ url: '/api/openapi.json' });
    operations = Object.entries(documentSchema.parse(answer.json()).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
    );
  });
  afterEach(() => world.harness.api.close());

  const send = ({ method, url, body }: Request, headers: Record<string, string>) =>
    world.harness.api.inject({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { ...headers, ...json } }),
    });
  const json = { 'content-type': 'application/json' };
  const streams = ['GET /wall', 'GET /stream'];

  test('every route of the API has its least role written down here', () => {
    expect([...operations].sort()).toEqual(Object.keys(access).sort());
  });

  test('every route lets in from its least role on and refuses below, without and with a wrong credential', async () => {
    const callers: Readonly<Record<string, Record<string, string>>> = {
      nobody: {},
      guesser: { cookie: 'vigia_session=wrong' },
      viewer: await world.tokenOf('viewer', null),
      operator: await world.tokenOf('operator', null),
      administrator: await world.tokenOf('administrator', null),
      'scoped viewer': await world.tokenOf('viewer', ['aurora']),
      'scoped operator': await world.tokenOf('operator', ['aurora']),
    };
    const order = ['viewer', 'operator', 'administrator'];
    const wrong: string[] = [];
    for (const operation of operations) {
      const least = access[operation] ?? 'public';
      if (least === 'public') continue;
      for (const [name, headers] of Object.entries(callers)) {
        const stranger = name === 'nobody' || name === 'guesser';
        // A link lets in under any name, so it is for the token of the machine's owner alone.
        if (operation === 'POST /sign-in-links' && name === 'administrator') continue;
        const may =
          order.indexOf(name.replace('scoped ', '')) >= order.indexOf(least.replace('+', '')) &&
          !(least.endsWith('+') && name.startsWith('scoped'));
        // An event stream that lets in never ends; that it does has its own test below.
        if (may && !stranger && streams.includes(operation)) continue;
        const [request] = requestsOf(operation, unknown);
        if (request === undefined) continue;
        const { statusCode } = await send(request, headers);
        const fits = stranger
          ? statusCode === 401
          : may
            ? ![401, 403].includes(statusCode)
            : statusCode === 403;
        if (!fits) wrong.push(`${operation} answers ${name} with ${statusCode}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 30_000);

  test.each(['viewer', 'operator'] as const)(
    'a scoped %s hears nothing of another customer from any route by any id, and cannot tell it from nothing',
    async (role) => {
      const { harness, queue } = world;
      const headers = await world.tokenOf(role, ['aurora']);
      const inputs = harness.inputs.length;
      const before = [harness.plannedStore.windows(), harness.plannedStore.silences(), queue.waiting()];
      const leaks: string[] = [];
      let asked = 0;
      for (const operation of operations.filter((each) => !streams.includes(each))) {
        const known = requestsOf(operation, foreign);
        const blank = requestsOf(operation, unknown);
        for (const [index, request] of known.entries()) {
          const other = blank[index];
          if (other === undefined) continue;
          const answer = await send(request, headers);
          const nothing = await send(other, headers);
          asked += 1;
          const [said, bare] = [
            { answer, request },
            { answer: nothing, request: other },
          ].map((each) => {
            const { statusCode, headers: sent, body } = each.answer;
            // The wall's clock, and the length of what the caller itself has said.
            const { date: _date, 'content-length': _length, ...rest } = sent;
            return withoutEcho(`${statusCode} ${JSON.stringify(rest)} ${body}`, each.request);
          });
          if (said === undefined || bare === undefined || secrets.test(said) || secrets.test(bare))
            leaks.push(`${request.method} ${request.url} names: ${said}`);
          else if (!isMade(operation) && said !== bare)
            leaks.push(`${request.method} ${request.url} differs: ${said} // ${bare}`);
        }
      }
      expect(leaks).toEqual([]);
      expect(asked).toBeGreaterThan(200);
      expect(harness.inputs.length).toBe(inputs);
      expect([harness.plannedStore.windows(), harness.plannedStore.silences(), queue.waiting()]).toEqual(
        before,
      );
    },
    60_000,
  );

  /** Answers that are new each time: times of making, signatures. */
  const isMade = (operation: string): boolean =>
    operation === 'GET /reports/dossier' || operation === 'GET /metrics';

  test('the same routes do show the scoped caller’s own, so that the matrix above is not empty', async () => {
    const headers = await world.tokenOf('viewer', ['aurora']);
    const get = async (path: string) =>
      (await world.harness.api.inject({ url: `/api/v1${path}`, headers })).json();
    expect((await get('/agents')).items.map(({ id }: { id: string }) => id)).toEqual(['agent-1']);
    expect((await get('/inventory')).customers.map(({ key }: { key: string }) => key)).toEqual(['aurora']);
    expect((await get('/tickets')).items.map(({ id }: { id: string }) => id)).toEqual(['inc-7-0']);
    const incidents = (await get('/incidents')).items.map(({ id }: { id: string }) => id);
    expect(incidents.sort()).toEqual(['inc-30-0', 'inc-31-0', 'inc-7-0']);
    expect((await get('/manual-queue')).total).toBe(1);
    expect((await get('/maintenance-windows')).items.map(({ id }: { id: string }) => id)).toEqual([
      'janela-1',
    ]);
    expect((await get('/silences')).items.length).toBe(1);
    expect((await get('/links/aurora/matriz/vivo/series')).items.length).toBe(1);
    expect((await get('/reports/dossier?incident=inc-7-0')).header.incident.id).toBe('inc-7-0');
    const outage = await get('/incidents/inc-30-0');
    expect(outage).toMatchObject({ kind: 'provider-outage', provider: 'vivo', ticket: null });
    expect(outage.symptoms.length).toBe(1);
    expect(outage).toMatchObject({ contacts: [{ customer: 'aurora', link: 'vivo' }], contactsMore: 0 });
    expect(outage.verdict.witnesses).toEqual([]);
  });

  test('who sees all hears of both, so that the search for secrets is not blind', async () => {
    const outage = (
      await world.harness.api.inject({ url: '/api/v1/incidents/inc-30-0', headers: bearer })
    ).json();
    expect(outage.contacts.map(({ customer }: { customer: string }) => customer).sort()).toEqual([
      'aurora',
      'boreal',
    ]);
    for (const path of ['/agents', '/incidents', '/tickets', '/inventory', '/manual-queue', '/silences']) {
      const { body } = await world.harness.api.inject({ url: `/api/v1${path}`, headers: bearer });
      expect(secrets.test(body)).toBe(true);
    }
  });

  test('the figures at the root are for this machine and for those who see all', async () => {
    const status = async (headers: Record<string, string>) =>
      (await world.harness.api.inject({ url: '/metrics', remoteAddress: '192.0.2.7', headers })).statusCode;
    const scoped = await world.tokenOf('operator', ['aurora']);
    const all = await world.tokenOf('viewer', null);
    expect([await status({}), await status(scoped), await status(all)]).toEqual([401, 401, 200]);
  });

  test('a scoped operator acts on its own incident and not on one that many share', async () => {
    const headers = await world.tokenOf('operator', ['aurora']);
    const take = (id: string) =>
      world.harness.api.inject({ method: 'POST', url: `/api/v1/incidents/${id}/acknowledgement`, headers });
    expect((await take('inc-7-0')).statusCode).toBe(200);
    expect((await take('inc-30-0')).statusCode).toBe(404);
    expect((await take('inc-77-0')).statusCode).toBe(404);
  });

  describe('event streams', () => {
    /** Collects what a caller is sent; `until` resolves when it fits, and is the end when the server ends it. */
    async function follow(path: string, headers: Record<string, string>) {
      const { port } = world.harness.api.server.address() as { readonly port: number };
      let text = '';
      let ended = false;
      let look = (): void => {};
      const request = httpGet({ host: '127.0.0.1', port, path: `/api/v1${path}`, headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          look();
        });
        response.on('end', () => {
          ended = true;
          look();
        });
      });
      request.on('error', () => look());
      const until = (fits: () => boolean): Promise<void> =>
        new Promise((resolve) => {
          look = () => (fits() ? resolve() : undefined);
          look();
        });
      return { text: () => text, ended: () => ended, until, stop: () => request.destroy() };
    }

    beforeEach(async () => {
      await world.harness.api.listen({ port: 0, host: '127.0.0.1' });
    });

    test('snapshot, deltas and stream of a scoped viewer hold their own and nothing of another customer', async () => {
      const { harness } = world;
      const headers = await world.tokenOf('viewer', ['aurora']);
      const wall = await follow('/wall', headers);
      const stream = await follow('/stream', headers);
      const all = await follow('/wall', bearer);
      await wall.until(() => wall.text().includes('wall.snapshot'));
      await all.until(() => secrets.test(all.text()));
      await stream.until(() => stream.text() !== '');
      const mine = harness.runtime.correlator.state().incidents.get(sharedOutage().id);
      expect(mine?.ticket).toBeDefined();
      await harness.commit([
        { kind: 'incident.changed', incident: otherIncident({ acknowledgedBy: 'segredo' }) },
        { kind: 'incident.changed', incident: { ...sharedOutage(), acknowledgedBy: 'Maria' } },
      ]);
      harness.clock.advance(limits.wallFlushMs);
      await wall.until(() => wall.text().includes('wall.delta'));
      await harness.commit([
        { kind: 'incident.closed', incident: otherIncident({ state: 'closed' }) },
        { kind: 'topology.adopted', topology: harness.runtime.correlator.state().topology },
      ]);
      harness.clock.advance(limits.wallFlushMs);
      harness.clock.advance(limits.wallHeartbeatMs);
      await wall.until(() => wall.text().includes('wall.heartbeat'));
      await stream.until(() => stream.text().includes('incident.changed'));
      for (const text of [wall.text(), stream.text()]) {
        expect(text).toContain('inc-30-0');
        expect(text).not.toMatch(secrets);
      }
      expect(wall.text()).toContain('Padaria Aurora');
      expect(wall.text()).toContain('"acknowledgedBy":"Maria"');
      for (const each of [wall, stream, all]) each.stop();
    }, 20_000);

    test('taking the rights away ends the stream at once', async () => {
      const { harness, tokenOf } = world;
      const headers = await tokenOf('viewer', ['aurora']);
      const wall = await follow('/wall', headers);
      await wall.until(() => wall.text().includes('wall.snapshot'));
      const [token] = harness.parts.people.tokens();
      await harness.api.inject({ method: 'DELETE', url: `/api/v1/api-tokens/${token?.id}`, headers: bearer });
      await wall.until(() => wall.ended());
      expect(wall.ended()).toBe(true);
    }, 20_000);
  });
});
