// The two pure judges of the outside-in room: one public address, and the server's own anchors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshAddress, judgeAddress } from '../../../../../server/core/liveness/judge-address.ts';
import { freshAnchors, judgeAnchors } from '../../../../../server/core/liveness/judge-anchors.ts';
import { instant } from '../../../../../shared/time.ts';

/** Probes as text: `.` answered, `x` lost; sent one per 1,000 ms. */
function address(probes: string, answers?: boolean) {
  let judgement = freshAddress(answers);
  return [...probes].map((probe, n) => {
    const step = judgeAddress(judgement, { sentAt: instant(n * 1_000), answered: probe === '.' });
    judgement = step.judgement;
    return step;
  });
}

function anchors(rounds: string, reachable?: boolean) {
  let judgement = freshAnchors(reachable);
  return [...rounds].map((round, n) => {
    const step = judgeAnchors(judgement, { startedAt: instant(n * 1_000), answered: Number(round) });
    judgement = step.judgement;
    return step;
  });
}

describe('a public address', () => {
  it('answers from its first answer', () => {
    expect(address('x.').map((step) => step.news)).toEqual([undefined, { answers: true, since: 1_000 }]);
  });

  it('is silent after the first loss and three lost burst probes, since the first loss', () => {
    const steps = address('..xxxx');
    expect(steps.map((step) => step.news)).toEqual([
      { answers: true, since: 0 },
      undefined,
      undefined,
      undefined,
      undefined,
      { answers: false, since: 2_000 },
    ]);
    expect(steps.map((step) => step.nextMs)).toEqual([4_000, 4_000, 1_000, 1_000, 1_000, 4_000]);
  });

  it('is not silent when one probe of the burst answers, and the count starts anew', () => {
    expect(address('.xxx.xxx.').filter((step) => step.news !== undefined)).toHaveLength(1);
  });

  it('tells a change once, and the way back with the first answer', () => {
    const news = address('.xxxxxxxx..').flatMap((step) => step.news ?? []);
    expect(news).toEqual([
      { answers: true, since: 0 },
      { answers: false, since: 1_000 },
      { answers: true, since: 9_000 },
    ]);
  });

  it('after a restart tells only what is different from before', () => {
    expect(address('..', true).flatMap((step) => step.news ?? [])).toEqual([]);
    expect(address('xxxxx', false).flatMap((step) => step.news ?? [])).toEqual([]);
    expect(address('xxxx', true).flatMap((step) => step.news ?? [])).toEqual([{ answers: false, since: 0 }]);
  });

  it('never says the same twice, and says silent only after four losses in a row', () => {
    const probe = fc.constantFrom('.', 'x');
    fc.assert(
      fc.property(fc.array(probe, { maxLength: 80 }), (probes) => {
        const steps = address(probes.join(''));
        const told = steps.flatMap((step, n) => (step.news === undefined ? [] : [{ n, ...step.news }]));
        told.forEach(({ n, answers, since }, index) => {
          expect(answers).not.toBe(told[index - 1]?.answers);
          if (answers) expect(probes[n]).toBe('.');
          else {
            expect(probes.slice(n - 3, n + 1).join('')).toBe('xxxx');
            expect(since).toBe((n - 3) * 1_000);
          }
        });
      }),
    );
  });
});

describe('the own anchors', () => {
  it('are reachable when one of them answers', () => {
    expect(anchors('1')[0]?.news).toEqual({ reachable: true, since: 0 });
  });

  it('are lost after two bad rounds, the second a second after the first', () => {
    const steps = anchors('3003');
    expect(steps.map((step) => step.news)).toEqual([
      { reachable: true, since: 0 },
      undefined,
      { reachable: false, since: 1_000 },
      { reachable: true, since: 3_000 },
    ]);
    expect(steps.map((step) => step.nextMs)).toEqual([5_000, 1_000, 1_000, 5_000]);
  });

  it('are not lost by two bad rounds with a good one between', () => {
    expect(anchors('101011').flatMap((step) => step.news ?? [])).toHaveLength(1);
  });

  it('remember their last good round through the bad ones', () => {
    expect(anchors('2200').map((step) => step.judgement.goodAt)).toEqual([0, 1_000, 1_000, 1_000]);
    expect(anchors('00')[1]?.judgement.goodAt).toBeUndefined();
  });

  it('after a restart tell only what is different from before', () => {
    expect(anchors('11', true).flatMap((step) => step.news ?? [])).toEqual([]);
    expect(anchors('000', false).flatMap((step) => step.news ?? [])).toEqual([]);
  });
});
