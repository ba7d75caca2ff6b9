// What a running core shows of itself: the same links, hosts and session that it reports, dated by the server's time.
import { describe, expect, it } from 'vitest';
import { createAgentCore } from '../../../../agent/core/agent.ts';
import { LastRounds } from '../../../../agent/core/view.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { closeCodes } from '../../../../shared/wire/messages.ts';
import { assignmentOf, Rig } from './rig.ts';

const twoLinks = assignmentOf({
  links: [
    { key: 'vivo', role: 'primary', gateway: '192.168.10.1', source: '192.168.10.20' },
    { key: 'claro', role: 'backup', publicAddress: '203.0.113.10' },
  ],
  hosts: [
    { key: 'self', address: '192.168.10.4', self: true },
    { key: 'srv-erp', address: '192.168.10.6', self: false },
  ],
});

function viewOf(rig: Rig) {
  const view = rig.core.view(rig.clock());
  if (view === undefined) throw new Error('a started core has a view');
  return view;
}

describe('agent: view', () => {
  it('is nothing before the start', () => {
    const facts = {
      hostName: 'a',
      platform: 'linux',
      osName: 'a',
      osVersion: '1',
      arch: 'x64',
      cpuCount: 1,
      memoryBytes: 1,
    } as const;
    const core = createAgentCore({ agentVersion: '1', facts, pingMethod: 'icmp', random: seededRandom(1) });
    expect(core.view({ bootId: 'b', monoMs: 1, wallMs: 1 })).toBeUndefined();
  });

  it('shows links, neighbours, session and what is asked', () => {
    const rig = new Rig({ assignment: twoLinks });
    rig.run(120_000);
    const view = viewOf(rig);
    expect(view.at).toBe(rig.nowMs + rig.server.offsetMs);
    expect(view.links.map(({ key, mode, status }) => [key, mode, status])).toEqual([
      ['vivo', 'bound', 'up'],
      ['claro', 'egress', 'unknown'],
    ]);
    expect(view.links[0]).toMatchObject({
      source: '192.168.10.20',
      gateway: '192.168.10.1',
      inDoubt: false,
      round: { counted: true, answers: { anchor: { answered: 3, asked: 3, rttMs: 20 } } },
    });
    expect(view.hosts).toMatchObject([
      { key: 'srv-erp', address: '192.168.10.6', status: 'up', answers: true },
    ]);
    expect(view.session).toMatchObject({ state: 'open', egress: '198.51.100.10' });
    expect(view.session.closeCode).toBeUndefined();
    expect(view.asked).toEqual({
      anchors: twoLinks.anchors,
      dns: twoLinks.dns,
      page: twoLinks.captivePortalUrl,
    });
    expect(view.waiting.changes).toBe(0);
  });

  it('shows a dead link with its layer, and no doubt about when it died', () => {
    const rig = new Rig({ assignment: twoLinks });
    rig.run(60_000);
    const diedMs = rig.nowMs;
    rig.world = (_link, { role }) => (role === 'gateway' ? { rttMs: 1 } : undefined);
    rig.run(30_000);
    const [vivo] = viewOf(rig).links;
    expect(vivo).toMatchObject({ status: 'down', layer: 'provider' });
    expect(vivo?.round?.answers).toMatchObject({
      gateway: { answered: 1 },
      anchor: { answered: 0, asked: 3 },
    });
    const sinceMs = (vivo?.since ?? 0) - rig.server.offsetMs;
    expect(sinceMs).toBeGreaterThanOrEqual(diedMs);
    expect(sinceMs).toBeLessThan(diedMs + 7_000);
  });

  it('dates what it shows by the server although this clock is a day off, and says so', () => {
    const rig = new Rig({ assignment: twoLinks, wallErrorMs: 86_400_000 });
    rig.run(60_000);
    const view = viewOf(rig);
    expect(view.at).toBe(rig.nowMs + rig.server.offsetMs);
    expect(view.clockOffsetMs).toBeCloseTo(-86_400_000, -2);
    const contactMs = (view.session.confirmedAt ?? 0) - rig.server.offsetMs;
    expect(rig.nowMs - contactMs).toBeLessThan(11_000);
  });

  it('keeps the code with which the server refused this machine until a session opens', () => {
    const rig = new Rig();
    rig.run(40_000);
    rig.server.dials = 'refuse';
    rig.cut(closeCodes.cloned.code);
    rig.run(20_000);
    const refused = viewOf(rig).session;
    expect(refused.state).not.toBe('open');
    expect(refused.closeCode).toBe(closeCodes.cloned.code);
    rig.server.dials = 'open';
    rig.run(limits.dialCapMs + 400_000);
    expect(viewOf(rig).session).toMatchObject({ state: 'open', closeCode: undefined });
  });

  it('never asks or says anything by being looked at', () => {
    const [looked, unlooked] = [new Rig({ assignment: twoLinks }), new Rig({ assignment: twoLinks })];
    for (let n = 0; n < 30; n += 1) {
      looked.run(1_000);
      looked.core.view(looked.clock());
      unlooked.run(1_000);
    }
    expect(looked.outputs).toEqual(unlooked.outputs);
  });

  it('remembers no more rounds than a site may have links', () => {
    const rounds = new LastRounds();
    const at = { bootId: 'b', monoMs: 1, wallMs: 1 };
    for (let n = 0; n < 3 * limits.linksPerSiteMax; n += 1) rounds.add(`link-${n}`, at, []);
    rounds.counted('a stranger', at);
    expect(rounds.of('link-0')).toBeUndefined();
    expect(rounds.of('a stranger')).toBeUndefined();
    expect(rounds.of(`link-${3 * limits.linksPerSiteMax - 1}`)).toBeDefined();
  });
});
