// The made-up past of the demonstration: figures that a NOC would believe, in this month and the one before, and minutes
// and presence that say the same as what is really stored afterwards.
import { describe, expect, test } from 'vitest';
import { createMemoryRegistry } from '../../../../server/adapters/memory/registry.ts';
import { createMemorySeries } from '../../../../server/adapters/memory/series.ts';
import { demoProviders, demoSites } from '../../../../server/demo/fleet.ts';
import { createPast, minuteOf } from '../../../../server/demo/past.ts';
import { withPast } from '../../../../server/demo/past-stores.ts';
import { present } from '../../../../shared/assert.ts';
import { agentId, siteId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, hour, instant, minute, plus } from '../../../../shared/time.ts';

const until = instant(Date.UTC(2026, 10, 22, 12, 0, 30));
const past = createPast(until);
const aurora = present(demoSites[0], 'the first site is the bakery');

function downMs(provider: string, from: number, to: number): number {
  return past.outages
    .filter(({ customer, link }) => {
      const site = demoSites.find((each) => each.customer === customer);
      return site?.links[link]?.provider === provider;
    })
    .reduce((sum, each) => sum + Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)), 0);
}

describe('demo: the past', () => {
  test.each([0, 1])(
    'the links of each provider are up 99.2 to 99.99 %% of the 30 days before day %d x 30',
    (back) => {
      const to = until - back * 30 * day;
      const shares = demoProviders.map(({ key }) => {
        const links = demoSites
          .flatMap((site) => site.links)
          .filter(({ provider }) => provider === key).length;
        return 1 - downMs(key, to - 30 * day, to) / (links * 30 * day);
      });
      for (const share of shares) {
        expect(share).toBeGreaterThan(0.992);
        expect(share).toBeLessThan(0.99995);
      }
    },
  );

  test('no two outages are at one time, and all lie between the enrolment of their site and the story', () => {
    for (const [index, { customer, from, to }] of past.outages.entries()) {
      const site = demoSites.find((each) => each.customer === customer);
      expect(site && past.enrolledAt(site) < from).toBe(true);
      expect(to).toBeLessThan(until - hour);
      expect(to).toBeLessThan(past.outages[index + 1]?.from ?? until);
    }
  });

  test('every site is enrolled before the month before began, and within the time that measurements are kept', () => {
    for (const site of demoSites) {
      expect(until - past.enrolledAt(site)).toBeGreaterThan(62 * day);
      expect(until - past.enrolledAt(site)).toBeLessThan(limits.rollupsKeptMs);
    }
  });

  test('an agent can spool what it tells of the past in one message', () => {
    for (const { customer, links, hosts } of demoSites) {
      const told = 2 * past.outages.filter((each) => each.customer === customer).length;
      expect(told + links.length + hosts.length).toBeLessThan(limits.changesPerMessageMax / 2);
    }
  });
});

function stores() {
  const kept = { registry: createMemoryRegistry(), series: createMemorySeries() };
  const { registry, series } = withPast(kept, past);
  const site = siteId(aurora.customer, aurora.site);
  for (const host of aurora.agents) {
    registry.saveToken({ digest: host, site, host, usesLeft: 1, expiresAt: plus(until, hour) });
    registry.enrol(host, until, (token) => ({
      id: agentId(`agent-${host}`),
      site: token.site,
      host,
      publicKey: 'A'.repeat(43),
      hostName: host,
      enrolledAt: until,
    }));
  }
  const agent = agentId(`agent-${aurora.agents[0]}`);
  const link = aurora.links[0]?.key ?? '';
  const at = minuteOf(plus(until, minute));
  series.save({ agent, site, epoch: 1, items: [{ seq: 1, at, link, sent: 36, lost: 0 }] });
  return { registry, series, site, link, agent, at };
}

describe('demo: the stores with the past before them', () => {
  test('an agent that enrols now was enrolled long ago', () => {
    const { registry } = stores();
    expect(registry.agents().map(({ enrolledAt }) => enrolledAt)).toEqual(
      aurora.agents.map(() => past.enrolledAt(aurora)),
    );
  });

  test('the minutes made up and those stored follow each other, each once, and an outage is in them', () => {
    const { series, site, link, at } = stores();
    const points = series.read({ site, link, from: plus(at, -2 * day), to: plus(at, minute) });
    expect(points).toHaveLength((2 * day) / minute + 1);
    expect(points.map((point) => point.at)).toEqual(
      points.map((_, index) => plus(at, -2 * day + index * minute)),
    );
    const dead = points.filter(({ sent, lost }) => lost === sent).length;
    expect([14, 15]).toContain(dead);
  });

  test('presence reaches from the enrolment into what is stored, without a hole', () => {
    const { series, site, link, agent, at } = stores();
    const islands = series.presence({ site, link, from: instant(0), to: plus(at, hour), bridgeMs: minute });
    expect(islands).toEqual([
      { agent, first: past.enrolledAt(aurora), last: plus(at, -minute) },
      { agent, first: at, last: at },
    ]);
  });

  test('what lies before the enrolment, and a link nobody has, is nothing', () => {
    const { series, site, link } = stores();
    const before = { from: instant(0), to: past.enrolledAt(aurora) };
    expect(series.read({ site, link, ...before })).toEqual([]);
    expect(series.presence({ site, link, ...before, bridgeMs: minute })).toEqual([]);
    expect(series.read({ site, link: 'none', from: plus(until, -hour), to: until })).toEqual([]);
  });
});
