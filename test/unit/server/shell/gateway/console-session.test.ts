// Event streams to viewers, over real sockets, with virtual time for flushes and beats.
import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { limits } from '../../../../../shared/limits.ts';
import { hour, second } from '../../../../../shared/time.ts';
import { agent, incident, openEffect } from '../../core/view/samples.ts';
import { bearer, type Harness, importInventory, startHarness } from '../http/harness.ts';

interface Received {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

const open: { readonly harness: Harness; readonly responses: IncomingMessage[] }[] = [];

afterEach(async () => {
  for (const { harness, responses } of open.splice(0)) {
    for (const response of responses) response.destroy();
    await harness.api.close();
  }
});

async function listening(options: Parameters<typeof startHarness>[0] = {}) {
  const harness = await startHarness(options);
  await importInventory(harness);
  const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
  const responses: IncomingMessage[] = [];
  open.push({ harness, responses });
  const watch = (path: string, headers: Record<string, string> = bearer) =>
    new Promise<{
      readonly status: number;
      readonly response: IncomingMessage;
      readonly events: Received[];
      readonly ended: () => boolean;
    }>((resolve, reject) => {
      const request = get(`${url}/api/v1/${path}`, { headers }, (response) => {
        responses.push(response);
        const events: Received[] = [];
        let ended = false;
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          rest += chunk;
          const blocks = rest.split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const event = /^event: (.*)$/m.exec(block)?.[1];
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (event === undefined || data === undefined) continue;
            events.push({ event, id: /^id: (.*)$/m.exec(block)?.[1], data: JSON.parse(data) });
          }
        });
        response.on('close', () => {
          ended = true;
        });
        response.on('error', () => {});
        resolve({ status: response.statusCode ?? 0, response, events, ended: () => ended });
      });
      request.on('error', reject);
    });
  return { harness, watch };
}

describe('wall', () => {
  test('a viewer gets a snapshot, then one delta for everything that happened in a flush', async () => {
    const { harness, watch } = await listening();
    const viewer = await watch('wall');
    expect(viewer.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await vi.waitFor(() => expect(viewer.events.map((each) => each.event)).toEqual(['wall.snapshot']));
    await harness.commit([{ kind: 'agent.observed', agent: agent() }]);
    await harness.commit([{ kind: 'incident.opened', incident: incident() }]);
    harness.clock.advance(limits.wallFlushMs);
    await vi.waitFor(() => expect(viewer.events).toHaveLength(2));
    expect(viewer.events[1]).toMatchObject({
      event: 'wall.delta',
      data: { incidents: [{ id: incident().id }], sites: [{ id: 'aurora/matriz', status: 'down' }] },
    });
  });

  test('constant news are sent five times a second, never put off', async () => {
    const { harness, watch } = await listening();
    const viewer = await watch('wall');
    for (let n = 0; n < 20; n += 1) {
      await harness.commit([{ kind: 'agent.observed', agent: agent() }]);
      harness.clock.advance(50);
    }
    await vi.waitFor(() =>
      expect(viewer.events.filter((each) => each.event === 'wall.delta')).toHaveLength(5),
    );
  });

  test('a heartbeat tells the server’s time while nothing happens', async () => {
    const { harness, watch } = await listening();
    const viewer = await watch('wall');
    harness.clock.advance(limits.wallHeartbeatMs);
    await vi.waitFor(() => expect(viewer.events.at(-1)?.event).toBe('wall.heartbeat'));
    expect(viewer.events.at(-1)?.data).toEqual({ at: '2026-11-22T12:00:10.000Z' });
  });

  test('a delivery that changes no incident still reaches the wall', async () => {
    const { harness, watch } = await listening();
    const ticket = { state: 'pending', effect: openEffect(incident()).key } as const;
    harness.desk.setMood('down');
    await harness.commit(
      [{ kind: 'incident.opened', incident: incident({ ticket }) }],
      [openEffect(incident())],
    );
    const viewer = await watch('wall');
    await vi.waitFor(() => expect(viewer.events[0]?.data.tickets).toMatchObject([{ state: 'pending' }]));
    harness.desk.setMood('up');
    await vi.waitFor(() => {
      harness.clock.advance(limits.wallTicketsAskMs + limits.wallFlushMs);
      const sent = viewer.events.flatMap((each) => each.data.tickets ?? []);
      expect(sent.at(-1)).toMatchObject({ state: 'open', protocol: expect.any(String) });
    });
  });

  test('a clock that turns without any news sends its row again', async () => {
    const { harness, watch } = await listening();
    const opened = incident();
    await harness.commit([{ kind: 'incident.opened', incident: opened }]);
    const { events } = await watch('wall');
    await vi.waitFor(() => expect(events).toHaveLength(1));
    // Nobody takes it: five minutes after the opening the NOC is called again, and the next step is another one.
    for (let beats = 0; beats < 32; beats += 1) harness.clock.advance(limits.wallHeartbeatMs);
    const rows = () =>
      events.flatMap(({ event, data }) => (event === 'wall.delta' ? (data.incidents ?? []) : []));
    await vi.waitFor(() =>
      expect(rows()).toMatchObject([{ id: opened.id, escalation: { next: { step: 'call.level2-lead' } } }]),
    );
  });

  test('past the limit of viewers the next one is told to wait', async () => {
    const { harness, watch } = await listening();
    await Promise.all(Array.from({ length: limits.viewersMax }, () => watch('wall')));
    expect((await watch('wall')).status).toBe(503);
    expect(harness.parts.consoles.stats()).toMatchObject({ viewers: limits.viewersMax, refusedFull: 1 });
  });

  test('a viewer that takes nothing is passed over, then dropped; the others go on', async () => {
    const { harness, watch } = await listening();
    const slow = await watch('wall');
    const quick = await watch('wall');
    slow.response.pause();
    await harness.commit([{ kind: 'incident.opened', incident: incident() }]);
    for (let n = 0; n < 60 && harness.parts.consoles.stats().slowDropped === 0; n += 1) {
      await harness.commit([
        { kind: 'incident.changed', incident: incident({ acknowledgedBy: `${n}${'x'.repeat(1_000_000)}` }) },
      ]);
      harness.clock.advance(second);
      await vi.waitFor(() =>
        expect(quick.events.filter((each) => each.event === 'wall.delta').length).toBeGreaterThan(n),
      );
    }
    expect(harness.parts.consoles.stats()).toMatchObject({ slowDropped: 1, viewers: 1 });
  });

  test('a stream ends with its session', async () => {
    const { harness, watch } = await listening();
    const session = await harness.signIn();
    harness.clock.advance(12 * hour - second);
    const viewer = await watch('wall', session);
    const other = await watch('wall');
    harness.clock.advance(limits.wallHeartbeatMs);
    await vi.waitFor(() => expect(viewer.ended()).toBe(true));
    expect(other.ended()).toBe(false);
  });

  test('nobody without a credential gets a stream', async () => {
    const { watch } = await listening();
    expect((await watch('wall', {})).status).toBe(401);
  });
});

describe('stream', () => {
  test('each incident change and each change of its ticket is an event with the input’s number', async () => {
    const { harness, watch } = await listening();
    const viewer = await watch('stream');
    const pending = { state: 'pending', effect: openEffect(incident()).key } as const;
    const opened = incident({ ticket: pending });
    await harness.commit([{ kind: 'incident.opened', incident: opened }], [openEffect(opened)]);
    await harness.commit([{ kind: 'incident.changed', incident: { ...opened, state: 'acknowledged' } }]);
    const registered = { ...pending, state: 'registered', desk: 'local', protocol: 'VIG-1' } as const;
    await harness.commit([{ kind: 'incident.changed', incident: { ...opened, ticket: registered } }]);
    await harness.commit([
      { kind: 'incident.closed', incident: { ...opened, state: 'closed', ticket: registered } },
    ]);
    await vi.waitFor(() =>
      expect(viewer.events.map((each) => each.event)).toEqual([
        'incident.opened',
        'ticket.changed',
        'incident.changed',
        'incident.changed',
        'ticket.changed',
        'incident.closed',
      ]),
    );
    const numbers = viewer.events.map((each) => Number(each.id));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(viewer.events[4]?.data).toMatchObject({ protocol: 'VIG-1', state: 'open' });
  });
});
