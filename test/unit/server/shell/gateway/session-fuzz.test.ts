// Thousands of hostile frames against a session: it never throws, and every one of them is either right, skipped, or the
// reason of one clear close. No network: the same frames over real sockets are in agent-door.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAgentMessage } from '../../../../../shared/wire/codec.ts';
import { hello } from '../../../../fakes/agent-side.ts';
import { settled } from '../../../../fakes/manual-clock.ts';
import { createSessionBench } from '../../../../fakes/session-bench.ts';
import { edgeTexts, hostileText } from '../../../../fakes/wire-fuzz.ts';

type Bench = ReturnType<typeof createSessionBench>;

/** Lets one frame in and says what became of the session. Fails when that is none of what may be. */
function outcome(
  bench: Bench,
  one: Pick<Bench, 'session' | 'socket'>,
  text: string,
): 'refused' | 'taken' | 'skipped' {
  const before = bench.counters.read();
  const inputsBefore = bench.correlator.inputs.length;
  one.session.received(text);
  const after = bench.counters.read();
  if (one.socket.closes.length > 0) {
    expect(one.socket.closes).toHaveLength(1);
    expect(one.socket.closes[0]?.code).toBe(4003);
    expect(one.socket.closes[0]?.reason.length).toBeGreaterThan('message refused: '.length);
    expect(after['session.bad-message']).toBe(before['session.bad-message'] + 1);
    // Nothing of a refused message reaches the core.
    const kinds = bench.correlator.inputs.slice(inputsBefore).map((input) => input.kind);
    expect(kinds.filter((kind) => kind !== 'session.closed')).toEqual([]);
    return 'refused';
  }
  if (after['session.unknown-kind'] > before['session.unknown-kind']) return 'skipped';
  // What was not refused is a message that the schema accepts as it stands.
  expect(decodeAgentMessage(text).ok).toBe(true);
  return 'taken';
}

describe('hostile frames', () => {
  it.each(edgeTexts.map((text) => [text.slice(0, 60), text]))(
    '%s closes or is skipped, nothing else',
    async (_, text) => {
      const bench = createSessionBench();
      await bench.open();
      expect(outcome(bench, bench, text)).not.toBe('taken');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('6,000 of them, after hello and before it, never crash a session', async () => {
    const bench = createSessionBench();
    const seen = { refused: 0, taken: 0, skipped: 0 };
    await fc.assert(
      fc.asyncProperty(hostileText, fc.boolean(), async (text, greeted) => {
        const one = bench.another();
        if (greeted) {
          one.say(hello());
          await Promise.resolve();
        }
        seen[outcome(bench, one, text)] += 1;
        one.session.socketEnded('lost');
      }),
      { numRuns: 6_000, seed: 7 },
    );
    await settled();
    expect(seen.refused).toBeGreaterThan(3_000);
    // The mutations must also reach what lies behind the schema.
    expect(seen.taken).toBeGreaterThan(50);
    expect(seen.skipped).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
