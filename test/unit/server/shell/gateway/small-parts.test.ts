// The gateway's small parts, each by itself: addresses, host claims, assignments, the queue of news, the line of commits,
// the distrustful timer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../../server/core/input.ts';
import {
  addressKey,
  createAddressRate,
  plainAddress,
} from '../../../../../server/shell/gateway/address-rate.ts';
import { reasonText } from '../../../../../server/shell/gateway/agent-socket.ts';
import { buildAssignment } from '../../../../../server/shell/gateway/assignment.ts';
import { createCommitLine } from '../../../../../server/shell/gateway/commit-line.ts';
import { createGatewayCounters } from '../../../../../server/shell/gateway/counters.ts';
import { claimHost } from '../../../../../server/shell/gateway/host-claim.ts';
import { createNewsQueue } from '../../../../../server/shell/gateway/news-queue.ts';
import { patientTimer } from '../../../../../server/shell/gateway/patient-timer.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { keySchema } from '../../../../../shared/inventory/document.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant } from '../../../../../shared/time.ts';
import { defaultTiming } from '../../../../../shared/wire/assignment.ts';
import { decodeServerMessage, encodeMessage } from '../../../../../shared/wire/codec.ts';
import { agentRecord, site, topologyOf } from '../../../../fakes/agent-side.ts';
import { createFakeCorrelator } from '../../../../fakes/fake-correlator.ts';
import { createManualClock, settled } from '../../../../fakes/manual-clock.ts';

describe('an address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s counts as the peer %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('that came over an IPv6 socket is written as IPv4', () => {
    expect(plainAddress('::ffff:198.51.100.7')).toBe('198.51.100.7');
    expect(plainAddress(undefined)).toBe('unknown');
  });

  it('may knock a given number of times a minute, each address for itself', () => {
    const rate = createAddressRate({ perMinuteMax: 2, addressesMax: 10 });
    const knock = (address: string, ms: number) => rate.admit(address, instant(ms));
    expect([knock('a', 0), knock('a', 1), knock('a', 2), knock('b', 3)]).toEqual([true, true, false, true]);
    expect([knock('a', 59_999), knock('a', 60_000)]).toEqual([false, true]);
  });

  it('is forgotten, oldest first, when too many knock', () => {
    const rate = createAddressRate({ perMinuteMax: 1, addressesMax: 2 });
    const knocks = ['a', 'b', 'c', 'b', 'a'].map((address, ms) => rate.admit(address, instant(ms)));
    expect(knocks).toEqual([true, true, true, false, true]);
  });
});

describe('a host claim', () => {
  const claim = (hostName: string, claimed: readonly string[] = [], tokenHost?: string) =>
    claimHost({ hostName, tokenHost, site: site(), claimed: new Set(claimed) });

  it('follows the token before everything', () => {
    expect(claim('SRV-ERP', ['srv-ad'], 'srv-ad')).toBe('srv-ad');
  });

  it.each([
    ['SRV-AD01', 'srv-ad'],
    ['srv-ad01', 'srv-ad'],
    ['srv-ad', 'srv-ad'],
    [' Srv-Erp ', 'srv-erp'],
    ['SRV-ERP.aurora.local', 'srv-erp'],
  ])('finds %s in the inventory as %s', (name, key) => {
    expect(claim(name)).toBe(key);
  });

  it('passes over a host that has an agent already', () => {
    expect(claim('SRV-AD01', ['srv-ad'])).toBe('srv-ad01');
    expect(claim('srv-erp', ['srv-erp'])).toBe('srv-erp-2');
    expect(claim('srv-erp', ['srv-erp', 'srv-erp-2'])).toBe('srv-erp-3');
  });

  it.each([
    ['Recepção 01', 'recepcao-01'],
    ['DESKTOP_9.empresa.local', 'desktop-9'],
    ['日本', 'host'],
    ['---', 'host'],
  ])('makes of %s the new key %s', (name, key) => {
    expect(claim(name)).toBe(key);
  });

  it('always gives a key the inventory would accept, and never a taken one', () => {
    const names = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
    fc.assert(
      fc.property(names, fc.array(names, { maxLength: 5 }), (name, others) => {
        const claimed = new Set<string>();
        for (const other of [...others, name, name]) {
          const key = claimHost({ hostName: other, site: undefined, claimed });
          expect(keySchema.safeParse(key).success).toBe(true);
          expect(claimed.has(key)).toBe(false);
          claimed.add(key);
        }
      }),
    );
  });
});

describe('an assignment', () => {
  const config = { anchors: ['1.1.1.1'], dns: ['1.1.1.1'], timing: defaultTiming };

  it('holds all links of the site, hosts with an address, and the own host first', () => {
    const assignment = buildAssignment(
      agentRecord('agt-1', { host: 'srv-erp' }),
      topologyOf([site()]),
      config,
    );
    expect(assignment.revision).toBe(7);
    expect(assignment.links.map((link) => link.key)).toEqual(['vivo', 'claro']);
    expect(assignment.hosts).toEqual([
      { key: 'srv-erp', address: '192.168.10.6', self: true },
      { key: 'srv-ad', address: '192.168.10.5', self: false },
    ]);
    expect(assignment.links[0]).not.toHaveProperty('provider');
  });

  it('knows a host that only its agent made', () => {
    const assignment = buildAssignment(
      agentRecord('agt-1', { host: 'notebook' }),
      topologyOf([site()]),
      config,
    );
    expect(assignment.hosts[0]).toEqual({ key: 'notebook', address: undefined, self: true });
  });

  it('is empty but valid when the site left the inventory', () => {
    const assignment = buildAssignment(agentRecord('agt-1'), topologyOf([]), config);
    expect(assignment.links).toEqual([]);
    expect(assignment.hosts).toHaveLength(1);
  });

  it('announces where the server can be reached, and says nothing where nobody configured it', () => {
    const announcing = { ...config, servers: ['https://noc.example', 'https://noc2.example'] };
    const told = buildAssignment(agentRecord('agt-1'), topologyOf([site()]), announcing);
    expect(told.servers).toEqual(announcing.servers);
    const decoded = decodeServerMessage(encodeMessage({ kind: 'assignment', ...told }));
    expect(decoded).toMatchObject({ ok: true, value: { servers: announcing.servers } });
    for (const servers of [undefined, []]) {
      const untold = buildAssignment(agentRecord('agt-1'), topologyOf([site()]), { ...config, servers });
      expect(encodeMessage({ kind: 'assignment', ...untold })).not.toContain('"servers"');
    }
  });

  it('is accepted by the agent even for the largest site', () => {
    const hosts = Array.from({ length: limits.hostsPerSiteMax }, (_, n) => ({
      key: `h${n}`,
      name: `H${n}`,
      address: '10.0.0.1',
      role: 'server' as const,
    }));
    const assignment = buildAssignment(agentRecord('agt-1'), topologyOf([site({ hosts })]), {
      ...config,
      anchors: Array.from({ length: 40 }, () => '1.1.1.1'),
      dns: Array.from({ length: 40 }, () => '1.1.1.1'),
      captivePortalUrl: 'http://connectivitycheck.gstatic.com/generate_204',
    });
    expect(decodeServerMessage(encodeMessage({ kind: 'assignment', ...assignment })).ok).toBe(true);
  });
});

describe('the queue of news', () => {
  const heard = (n: number): Input => ({ kind: 'agent.heard', at: instant(n), agent: agentId(`agt-${n}`) });
  const make = (waitingMax?: number) => {
    const correlator = createFakeCorrelator();
    const clock = createManualClock();
    const counters = createGatewayCounters();
    return {
      correlator,
      clock,
      counters,
      news: createNewsQueue({ correlator, clock, counters, waitingMax }),
    };
  };

  it('offers again, in order, what a full inbox refused', async () => {
    const { correlator, clock, news } = make();
    correlator.refuse(true);
    news.submit(heard(1));
    news.submit(heard(2));
    await settled();
    news.submit(heard(3));
    await clock.advanceAsync(limits.newsRetryMs * 3);
    expect(correlator.inputs).toEqual([]);
    expect(news.waiting()).toBe(3);
    correlator.refuse(false);
    await clock.advanceAsync(limits.newsRetryMs);
    expect(correlator.inputs).toEqual([heard(1), heard(2), heard(3)]);
    expect(news.waiting()).toBe(0);
  });

  it('drops the oldest when too much waits, and counts it', async () => {
    const { correlator, clock, counters, news } = make(2);
    correlator.refuse(true);
    for (const n of [1, 2, 3]) news.submit(heard(n));
    await settled();
    correlator.refuse(false);
    await clock.advanceAsync(limits.newsRetryMs);
    expect(correlator.inputs).toEqual([heard(2), heard(3)]);
    expect(counters.read()['news.dropped']).toBe(1);
  });

  it('offers nothing after the stop', async () => {
    const { correlator, clock, news } = make();
    correlator.refuse(true);
    news.submit(heard(1));
    await settled();
    news.stop();
    correlator.refuse(false);
    await clock.advanceAsync(60_000);
    news.submit(heard(2));
    expect(correlator.inputs).toEqual([]);
    expect(clock.timers()).toBe(0);
  });
});

describe('the line of commits', () => {
  it('has few under way, pauses meanwhile, and keeps the order', async () => {
    const pending: (() => void)[] = [];
    const seen: string[] = [];
    const line = createCommitLine<number>({
      start: (n) => {
        seen.push(`start ${n}`);
        return n === 99 ? undefined : new Promise<void>((resolve) => pending.push(resolve));
      },
      committed: (n) => seen.push(`committed ${n}`),
      refused: () => seen.push('refused'),
      pause: () => seen.push('pause'),
      resume: () => seen.push('resume'),
    });
    for (const n of [1, 2, 3, 4, 5, 99, 6]) expect(line.push(n)).toBe(true);
    expect(seen).toEqual(['start 1', 'start 2', 'start 3', 'start 4', 'pause']);
    expect(line.isPaused()).toBe(true);
    pending.shift()?.();
    await settled();
    expect(seen.slice(5)).toEqual(['committed 1', 'start 5']);
    for (const resolve of pending.splice(0)) resolve();
    await settled();
    expect(seen.slice(7)).toEqual([
      'committed 2',
      'start 99',
      'start 6',
      'committed 3',
      'resume',
      'committed 4',
      'committed 5',
    ]);
  });

  it('takes no more than its limit, and is silent after the stop', async () => {
    const seen: string[] = [];
    const line = createCommitLine<number>({
      start: () => Promise.reject(new Error('full')),
      committed: () => seen.push('committed'),
      refused: () => seen.push('refused'),
      pause: () => undefined,
      resume: () => undefined,
    });
    const taken = Array.from({ length: 300 }, (_, n) => line.push(n)).filter(Boolean).length;
    expect(taken).toBe(limits.changesInFlightMax + limits.messagesWaitingMax);
    line.stop();
    await settled();
    expect(seen).toEqual([]);
    expect(line.push(1)).toBe(false);
  });
});

describe('the distrustful timer', () => {
  it('runs in time, and can be cancelled', () => {
    const clock = createManualClock();
    const runs: string[] = [];
    patientTimer({ clock, delayMs: 1_000, run: () => runs.push('a') });
    patientTimer({ clock, delayMs: 1_000, run: () => runs.push('b') })();
    clock.advance(999);
    expect(runs).toEqual([]);
    clock.advance(1);
    expect(runs).toEqual(['a']);
  });

  it('waits once more when it comes late, so that the sockets are read first', () => {
    const clock = createManualClock();
    const seen: string[] = [];
    let jumped = 0;
    const late = { ...clock, now: () => instant(clock.now() + jumped) };
    patientTimer({
      clock: late,
      delayMs: 1_000,
      run: () => seen.push('run'),
      late: (ms) => seen.push(`late ${ms}`),
    });
    jumped = 4_000;
    clock.advance(1_000);
    expect(seen).toEqual(['late 4000']);
    // Late again by a little: a busy machine is no reason to wait for ever.
    jumped += 400;
    clock.advance(limits.stallMs);
    expect(seen).toEqual(['late 4000', 'run']);
  });
});

describe('a close reason', () => {
  it('has at most 123 bytes and no half character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const reason = reasonText(`${text}\ud800`);
        expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
        expect(reason.isWellFormed()).toBe(true);
      }),
    );
    expect(reasonText('ção'.repeat(60)).length).toBe(73);
  });
});
