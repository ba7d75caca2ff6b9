// Vigia's doubt in its own sight: what makes it blind, what proves that it is not, when the doubt ends, and how the verdict
// says so. Seven shops, one agent each; four of them fall silent. The transcripts tell the same as stories.
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../../../../server/core/deadline.ts';
import { decide } from '../../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { agentId, sessionId, siteId } from '../../../../../shared/ids.ts';
import { type Instant, instant, plus, second } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const start = instant(1_800_000_000_000);
const at = (seconds: number): Instant => plus(start, seconds * second);
const dark = ['dalia', 'estrela', 'figo', 'gardenia'];
const living = ['horizonte', 'ipe', 'jasmim'];
const all = [...dark, ...living];

/** All shops connected at 1 s. `goodAt` = what each deadline tells of the own anchors. */
function createFleet(goodAt: (due: Instant) => Instant | undefined = (due) => due) {
  let state = initialState();
  let sessions = 0;
  const opened: Incident[] = [];
  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const { changes } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    for (const change of changes) if (change.kind === 'incident.opened') opened.push(change.incident);
  };
  const passTo = (seconds: number): void => {
    for (let due = nextDeadline(state); due !== undefined && due <= at(seconds); due = nextDeadline(state))
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: goodAt(due) });
  };
  const say = (seconds: number, input: Input): void => {
    passTo(seconds);
    apply(input);
  };
  const begin = (seconds: number): void =>
    say(seconds, { kind: 'server.started', at: at(seconds), release: 'test', policy: defaultPolicy });
  const connect = (seconds: number, shop: string): void => {
    sessions += 1;
    const session = sessionId(`s-${sessions}`);
    const agent = { agent: agentId(shop), egress: '192.0.2.1', bootId: 'b', version: '1', spoolDepth: 0 };
    say(seconds, { kind: 'session.opened', at: at(seconds), session, ...agent });
  };
  /** Heard for the last time 12 s before. */
  const doubt = (seconds: number, shops: readonly string[]): void => {
    for (const shop of shops) {
      const word = { agent: agentId(shop), lastHeardAt: at(seconds - 12) };
      say(seconds, { kind: 'agent.suspected', at: at(seconds), ...word });
    }
  };
  const giveUp = (seconds: number, shops: readonly string[]): void => {
    for (const shop of shops) {
      const word = { agent: agentId(shop), lastHeardAt: at(seconds - 21) };
      say(seconds, { kind: 'agent.silent', at: at(seconds), ...word });
    }
  };
  const fallSilent = (seconds: number, shops: readonly string[]): void => {
    doubt(seconds, shops);
    giveUp(seconds + 9, shops);
  };
  const addresses = (seconds: number, shops: readonly string[], answers: boolean): void => {
    for (const shop of shops) {
      const site = siteId(shop, 'loja');
      for (const { key } of transcriptTopology.sites.get(site)?.links ?? []) {
        const since = at(seconds - 4);
        say(seconds, { kind: 'address.measured', at: at(seconds), site, link: key, answers, since });
      }
    }
  };
  const anchors = (seconds: number, reachable: boolean): void =>
    say(seconds, { kind: 'anchors.measured', at: at(seconds), reachable, since: at(seconds - 2) });
  begin(0);
  apply({ kind: 'inventory.imported', at: start, topology: transcriptTopology, by: 'test' });
  for (const shop of all) {
    const site = siteId(shop, 'loja');
    apply({ kind: 'agent.enrolled', at: start, agent: agentId(shop), site, host: `srv-${shop}` });
    connect(1, shop);
  }
  anchors(3, true);
  return {
    ...{ passTo, begin, connect, doubt, giveUp, fallSilent, addresses, anchors },
    kinds: (): readonly string[] => opened.map(({ kind }) => kind),
    opened: (): readonly Incident[] => opened,
    own: (): Incident | undefined => [...state.incidents.values()].find(({ kind }) => kind === 'own-outage'),
    isBlind: (): boolean => state.server.blindSince !== undefined,
  };
}

describe('own outage: the verdict', () => {
  it('tells how many sites of how many are silent, that the anchors answer, and what it is not', () => {
    const fleet = createFleet();
    fleet.fallSilent(600, dark);
    expect(fleet.own()?.verdict).toEqual({
      kind: 'own-outage',
      confidence: 'confirmed',
      witnesses: [
        {
          ...{ source: 'silence', who: 'vigia', says: 'many-sites-silent', since: at(588) },
          facts: { sites: 4, share: '57 %', providers: 2 },
        },
        { source: 'own-anchors', who: 'vigia', says: 'anchors-good', since: at(1) },
      ],
      refused: [
        { kind: 'provider-outage', because: 'several-providers-silent' },
        { kind: 'site-offline', because: 'beyond-chance' },
      ],
    });
  });

  it('becomes that of the lost anchors when they are lost as well', () => {
    const fleet = createFleet();
    fleet.fallSilent(600, dark);
    fleet.anchors(615, false);
    expect(fleet.own()?.verdict).toMatchObject({
      witnesses: [{ says: 'anchors-lost' }, { says: 'many-sites-silent' }],
      refused: [{ because: 'own-anchors-lost' }, { because: 'own-anchors-lost' }],
    });
  });

  it('says nothing of silent sites where lost anchors are all there is', () => {
    const fleet = createFleet();
    fleet.anchors(600, false);
    fleet.passTo(620);
    expect(fleet.own()?.verdict.witnesses.map(({ says }) => says)).toEqual(['anchors-lost']);
  });
});

describe('own outage: sites that are seen to be dark', () => {
  it('prove nothing while the own anchors have not answered since the addresses died', () => {
    const fleet = createFleet((due) => (due < at(595) ? due : at(595)));
    fleet.addresses(20, all, true);
    fleet.addresses(601, dark, false);
    fleet.fallSilent(601, dark);
    fleet.passTo(1_200);
    expect(fleet.kinds()).toEqual(['own-outage']);
  });

  it('prove nothing while nobody else is heard', () => {
    const fleet = createFleet();
    fleet.addresses(20, all, true);
    fleet.addresses(598, all, false);
    fleet.fallSilent(600, all);
    fleet.passTo(3_600);
    expect(fleet.kinds()).toEqual(['own-outage']);
    expect(fleet.isBlind()).toBe(true);
  });

  it('are asked first: addresses that die in the burst raise no alarm of an own outage', () => {
    const fleet = createFleet();
    fleet.addresses(20, all, true);
    fleet.doubt(600, dark);
    fleet.addresses(605, dark, false);
    fleet.giveUp(609, dark);
    fleet.passTo(700);
    expect(fleet.kinds()).toEqual(dark.map(() => 'site-offline'));
  });

  it('that died after the doubt began end it, each with the start that was seen', () => {
    const fleet = createFleet();
    fleet.addresses(20, all, true);
    fleet.fallSilent(600, dark);
    fleet.passTo(640);
    expect(fleet.kinds()).toEqual(['own-outage']);
    fleet.addresses(645, dark, false);
    fleet.passTo(700);
    const sites = fleet.opened().filter(({ kind }) => kind === 'site-offline');
    expect(sites.map(({ earliestAt }) => earliestAt)).toEqual([undefined, undefined, undefined, undefined]);
    for (const { detectedAt } of sites) expect(detectedAt).toBeLessThan(at(645));
    expect(fleet.own()?.timeline.map(({ kind }) => kind)).toContain('saw-all-along');
  });
});

describe('own outage: the end of a doubt that nobody can settle', () => {
  const boundAt = 588 + defaultPolicy.massFreezeMs / second;

  it('comes after the longest freeze, not before', () => {
    const fleet = createFleet();
    fleet.fallSilent(600, dark);
    fleet.passTo(boundAt - 1);
    expect(fleet.kinds()).toEqual(['own-outage']);
    fleet.passTo(boundAt + 1);
    expect(fleet.kinds().filter((kind) => kind === 'site-offline')).toHaveLength(4);
    expect(fleet.isBlind()).toBe(false);
  });

  it('does not come while the own anchors do not answer', () => {
    const fleet = createFleet((due) => (due < at(boundAt - 20) ? due : at(boundAt - 20)));
    fleet.fallSilent(600, dark);
    fleet.passTo(boundAt + 600);
    expect(fleet.kinds()).toEqual(['own-outage']);
  });

  it('does not come while too few are heard', () => {
    const fleet = createFleet();
    fleet.fallSilent(600, [...dark, 'horizonte', 'ipe']);
    fleet.passTo(3_600);
    expect(fleet.kinds()).toEqual(['own-outage']);
  });

  it('waits for the others when one has just come back', () => {
    const fleet = createFleet();
    fleet.fallSilent(600, dark);
    fleet.connect(boundAt - 5, 'dalia');
    fleet.passTo(boundAt + 20);
    expect(fleet.kinds()).toEqual(['own-outage']);
    fleet.passTo(boundAt + 60);
    expect(fleet.kinds().filter((kind) => kind === 'site-offline')).toHaveLength(3);
  });
});

describe('own outage: who fell silent while Vigia was blind, and it began anew', () => {
  it('has an unknown start between the first loss of sight and its return, however often it began', () => {
    const fleet = createFleet();
    fleet.anchors(600, false);
    fleet.fallSilent(610, ['figo']);
    fleet.begin(700);
    fleet.begin(710);
    fleet.anchors(725, false);
    fleet.anchors(800, true);
    fleet.passTo(900);
    const [site] = fleet.opened().filter(({ kind }) => kind === 'site-offline');
    expect(site?.detectedAt).toBe(at(800));
    expect(site?.earliestAt).toBe(at(598));
  });
});
