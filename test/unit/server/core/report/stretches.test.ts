// When an incident was down, read back from records that the core's own functions have made.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import { stretchesOf } from '../../../../../server/core/report/stretches.ts';
import type { Finding } from '../../../../../server/core/rules/finding.ts';
import {
  close,
  downtimeAt,
  ease,
  fallBack,
  openIncident,
  pastIncident,
  recover,
  reopen,
  resolve,
  resolveByPerson,
  worsen,
} from '../../../../../server/core/rules/incident.ts';
import { incidentId } from '../../../../../shared/ids.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { at, aurora } from './incidents.ts';

function finding(kind: 'link-down' | 'link-degraded', since: number): Finding {
  return {
    kind,
    cause: 'provider',
    causeKey: 'link:vivo',
    link: 'vivo',
    since: at(since),
    confirmedAt: at(since),
    recovering: false,
    rests: 'direct',
    verdict: { kind, confidence: 'confirmed', witnesses: [], refused: [] },
  };
}

function opened(kind: 'link-down' | 'link-degraded' = 'link-down'): Incident {
  return openIncident({
    id: incidentId(1, 0),
    site: aurora,
    finding: finding(kind, 0),
    openedAt: at(1),
    siteHasOtherLink: true,
  });
}

function downMs(incident: Incident, now: number): number {
  return stretchesOf(incident, at(now)).down.reduce(
    (sum, { from, to, share }) => sum + (to - from) * share,
    0,
  );
}

describe('report: the stretches of an incident', () => {
  it('add up to the downtime that was counted, whatever its life was', () => {
    const steps = fc.array(
      fc.tuple(
        fc.constantFrom('recover', 'fallBack', 'resolve', 'reopen', 'person', 'close'),
        fc.integer({ min: 1, max: 30 }),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(steps, (walk) => {
        let incident = opened();
        let now = 2;
        for (const [step, minutes] of walk) {
          now += minutes;
          incident = lived(incident, step, now);
          expect(Math.round(downMs(incident, now + 5))).toBe(downtimeAt(incident, at(now + 5)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of a reopening begin when it failed again, not when that was confirmed', () => {
    let incident = resolve(recover(opened(), at(10), at(11)), at(12));
    incident = reopen(incident, at(20), at(22));
    const { down } = stretchesOf(incident, at(30));
    expect(down).toEqual([
      { from: at(0), to: at(10), share: 1 },
      { from: at(20), to: at(30), share: 1 },
    ]);
  });

  it('that were only degraded are no downtime, before a link died and after it eased', () => {
    let incident = worsen(opened('link-degraded'), finding('link-down', 10), {
      siteHasOtherLink: true,
      now: at(11),
    });
    incident = ease(incident, finding('link-degraded', 20), at(21));
    incident = recover(incident, at(30), at(31));
    expect(stretchesOf(incident, at(60))).toEqual({
      down: [{ from: at(10), to: at(20), share: 1 }],
      degraded: [
        { from: at(0), to: at(10), down: false },
        { from: at(20), to: at(30), down: false },
      ],
      estimated: false,
    });
  });

  it('of a flapping link are spread over the episode and say so', () => {
    const flapped: Incident = {
      ...close(resolve(recover(opened(), at(40), at(41)), at(42)), at(60)),
      flapping: true,
      flap: { since: at(0), downs: 6, baseDowns: 0, baseMs: 0, toldDowns: 6, over: true },
      downtimeMs: 10 * minute,
    };
    const stretches = stretchesOf(flapped, at(100));
    expect(stretches.estimated).toBe(true);
    expect(stretches.down).toEqual([{ from: at(0), to: at(40), share: 0.25 }]);
  });

  it('of what was rebuilt from late data are its one stretch, though it was told much later', () => {
    const past = pastIncident({
      id: incidentId(9, 0),
      site: aurora,
      finding: finding('link-down', 5),
      siteHasOtherLink: true,
      endedAt: at(8),
      now: at(500),
    });
    expect(stretchesOf(past, at(900)).down).toEqual([{ from: at(5), to: at(8), share: 1 }]);
  });
});

function lived(incident: Incident, step: string, now: number): Incident {
  const running = incident.recoveredAt === undefined && incident.outageSince !== undefined;
  if (incident.state === 'closed') return incident;
  if (step === 'recover' && running && incident.state !== 'resolved')
    return recover(incident, at(now), at(now));
  if (step === 'fallBack' && incident.recoveredAt !== undefined && incident.state !== 'resolved')
    return fallBack(incident, at(now), at(now));
  if (step === 'resolve' && incident.recoveredAt !== undefined && incident.state !== 'resolved')
    return resolve(incident, at(now));
  // Confirmed 30 s after its first failing evidence.
  if (step === 'reopen' && incident.state === 'resolved')
    return reopen(incident, at(now - 0.5), at(now + (30 * second) / minute - 0.5));
  if (step === 'person' && incident.state !== 'resolved')
    return resolveByPerson(incident, { who: 'Maria' }, at(now));
  if (step === 'close' && incident.state === 'resolved') return close(incident, at(now));
  return incident;
}
