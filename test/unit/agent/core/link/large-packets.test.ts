// Large packets: what may accuse a path of swallowing them, and what may not.
import { describe, expect, test } from 'vitest';
import type { Clock, TargetResult } from '../../../../../agent/core/input.ts';
import { LargePackets } from '../../../../../agent/core/link/large-packets.ts';
import type { RoundTarget } from '../../../../../agent/core/output.ts';
import { anchors } from '../rig.ts';

const plan: RoundTarget[] = anchors.map((target) => ({ target, role: 'anchor' }));

interface World {
  readonly small?: (target: string) => boolean;
  readonly large?: (target: string) => boolean;
  readonly loss?: number;
}

class Bench {
  readonly large = new LargePackets();
  #round = 0;
  changes: { readonly bad: boolean; readonly round: number; readonly since: number | undefined }[] = [];
  asked: number[] = [];

  run(rounds: number, { small = () => true, large = () => true, loss = 0 }: World = {}): this {
    for (let count = 0; count < rounds; count += 1) {
      const slow = this.#round % 6 === 0;
      const wanted = this.large.targets(plan, slow);
      this.asked.push(wanted.length);
      const results = [
        ...anchors.map((target) => result(target, small(target))),
        ...wanted.map(({ target }) => ({ ...result(target, large(target)), large: true as const })),
      ];
      const at: Clock = { bootId: 'b', monoMs: this.#round * 5_000, wallMs: 0 };
      if (this.large.read(results, at, loss)) {
        const since = this.large.since === undefined ? undefined : this.large.since.monoMs / 5_000;
        this.changes.push({ bad: this.large.bad, round: this.#round, since });
      }
      this.#round += 1;
    }
    return this;
  }
}

function result(target: string, answers: boolean): TargetResult {
  return { target, role: 'anchor', method: 'icmp', sent: 1, lost: answers ? 0 : 1 };
}

describe('large packets', () => {
  test('cost one probe of one anchor in each slow round while all is well', () => {
    const { asked } = new Bench().run(60);
    expect(asked.filter((count) => count > 0)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  test('that vanish while small ones pass are told after the suspicious round and three full ones', () => {
    const bench = new Bench().run(24).run(30, { large: () => false });
    expect(bench.changes).toEqual([{ bad: true, round: 27, since: 24 }]);
    expect(bench.asked.slice(24, 28)).toEqual([1, 3, 3, 3]);
  });

  test('pass again after two good rounds, since the first of them', () => {
    const bench = new Bench()
      .run(24)
      .run(30, { large: () => false })
      .run(20);
    expect(bench.changes.at(-1)).toEqual({ bad: false, round: 55, since: 54 });
  });

  test('that never passed on this link accuse nobody', () => {
    expect(new Bench().run(200, { large: () => false }).changes).toEqual([]);
  });

  test('of an anchor that began to refuse them, while another answers, accuse nobody', () => {
    const bench = new Bench().run(60).run(300, { large: (target) => target !== anchors[0] });
    expect(bench.changes).toEqual([]);
  });

  test('lost together with the small ones say nothing', () => {
    expect(new Bench().run(24).run(60, { large: () => false, small: () => false }).changes).toEqual([]);
  });

  test('on a lossy link need more silence, because chance alone would do it', () => {
    const bench = new Bench().run(24).run(30, { large: () => false, loss: 0.4 });
    expect(bench.changes[0]?.round).toBeGreaterThan(27);
    const one = new Bench().run(24, { large: (target) => target === anchors[1] });
    expect(one.run(60, { large: () => false, loss: 0.4 }).changes[0]?.round).toBeGreaterThan(33);
  });

  test('are forgotten when the link is another one', () => {
    const bench = new Bench().run(24);
    bench.large.reset();
    expect(bench.run(60, { large: () => false }).changes).toEqual([]);
  });
});
