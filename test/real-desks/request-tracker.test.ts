// A real Request Tracker on loopback, with its field of our id refusing equal values, and the scrip of our documentation
// telling of what people do.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DeskHint } from '../../server/ports/desk-client.ts';
import { instant } from '../../shared/time.ts';
import { type FakeRequest, type FakeServer, startFakeServer } from '../fakes/desks/faults.ts';
import { realDeskCases } from './cases.ts';
import { startLiveRig } from './live-rig.ts';
import { absence, type RealDesk } from './real-desk.ts';
import { rtFiles, rtPackages, startRealRequestTracker } from './request-tracker-server.ts';
import { effectsOf, startRig } from './rig.ts';

const absent = absence('Request Tracker', rtFiles, rtPackages);
if (absent === undefined) {
  realDeskCases('real Request Tracker', () => startRealRequestTracker({ unique: true }));
  scripCases();
} else describe('real Request Tracker', () => test.skip(absent, () => undefined));

function scripCases(): void {
  describe('real Request Tracker: the scrip of the documentation', () => {
    let receiver: FakeServer;
    let desk: RealDesk;
    let hear: (request: FakeRequest) => void = () => {};
    beforeAll(async () => {
      receiver = await startFakeServer((request) => {
        hear(request);
        return { status: 202 };
      });
      const page = readFileSync(new URL('../../docs/desks/request-tracker.md', import.meta.url), 'utf8');
      const scrip = /```perl\n(?<code>[\s\S]*?)```/.exec(page)?.groups?.code;
      if (scrip === undefined) throw new Error('the documentation has no scrip');
      const eventsUrl = `${receiver.url}/api/v1/desk-events`;
      desk = await startRealRequestTracker({ unique: false, eventsUrl, scrip });
    });
    afterAll(async () => {
      await desk?.stop();
      await receiver?.stop();
    });

    test('lets the incident hear of a person at once, without asking', async () => {
      const live = await startLiveRig(desk, { shops: 1, polls: false, idsBeyond: 1_000 });
      const refused: unknown[] = [];
      hear = ({ headers, raw }) => {
        const answer = live.back.ear.hear({ headers, raw, now: live.clock.now() });
        // Events of its own creation arrive before its protocol is known here.
        if (!answer.ok && answer.failure.code !== 'not-found') refused.push(answer.failure);
      };
      const incident = () => live.incidents()[0];
      const waited = { timeout: 10_000, interval: 20 };
      await live.fall([0]);
      await vi.waitFor(() => expect(incident()?.ticket?.protocol).toBeDefined(), waited);
      const protocol = incident()?.ticket?.protocol ?? '';
      await desk.person.take(protocol);
      await vi.waitFor(() => expect(incident()?.acknowledgedBy).toBe('ana'), waited);
      await desk.person.say(protocol, 'Técnico a caminho, 3º andar.');
      const told = () => incident()?.timeline.find(({ kind }) => kind === 'noted-at-desk');
      await vi.waitFor(() => expect(told()).toBeDefined(), waited);
      expect(told()).toMatchObject({ by: 'ana', text: 'Técnico a caminho, 3º andar.' });
      // Closed in the same moment, the note's look would show it first, and a look does not show who did it.
      await desk.person.close(protocol);
      await vi.waitFor(() => expect(incident()?.ticket?.closedAtDesk?.by).toBe('ana'), waited);
      expect(incident()?.timeline.map(({ kind }) => kind)).toContain('closed-at-desk-early');
      expect(live.back.counters().poll?.looks).toBe(0);
      expect(refused).toEqual([]);
      expect(live.fatal).toEqual([]);
      hear = () => {};
      await live.stop();
    });

    test('tells what a person did, signed, and nothing of our own notes', async () => {
      const rig = await startRig(desk);
      const client = desk.client({ url: desk.url, clock: { now: rig.now }, timeoutMs: 8_000 });
      const before = receiver.requests.length;
      const effects = effectsOf('inc-1-0');
      const protocol = await rig.deliver(effects.open);
      await rig.deliver(effects.note(1));
      await desk.person.take(protocol);
      await desk.person.say(protocol, 'Ação: ligando para a operadora, 3º andar.');
      await desk.person.close(protocol);
      const hints = (): readonly DeskHint[] =>
        receiver.requests.slice(before).flatMap(({ headers, raw }) => {
          const read = client.hint?.({ headers, raw, now: instant(Date.now()) });
          if (read?.ok !== true) throw new Error(`${read?.failure.message}: ${raw.toString()}`);
          return [...read.value];
        });
      await vi.waitFor(() => expect(hints().some(({ action }) => action === 'closed')).toBe(true), 5_000);
      const byAna = hints().filter(({ by }) => by === 'ana');
      expect(byAna.map(({ action }) => action).filter((each) => each !== 'changed')).toEqual([
        'acknowledged',
        'note',
        'closed',
      ]);
      expect(byAna.find(({ action }) => action === 'note')?.text).toBe(
        'Ação: ligando para a operadora, 3º andar.',
      );
      expect(new Set(hints().map((hint) => hint.protocol))).toEqual(new Set([protocol]));
      expect(hints().filter(({ text }) => text !== undefined)).toHaveLength(1);
      expect(new Set(hints().map(({ id }) => id)).size).toBe(hints().length);
      await client.close();
      await rig.stop();
    });
  });
}
