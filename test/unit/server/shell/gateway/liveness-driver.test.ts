// The liveness driver: from beats, timers and challenges to inputs of the core.
import { describe, expect, it } from 'vitest';
import { createLivenessTable } from '../../../../../server/core/liveness/table.ts';
import type { AgentPresence } from '../../../../../server/core/state.ts';
import { createGatewayCounters } from '../../../../../server/shell/gateway/counters.ts';
import { createLivenessDriver } from '../../../../../server/shell/gateway/liveness-driver.ts';
import { createNewsQueue } from '../../../../../server/shell/gateway/news-queue.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { instant } from '../../../../../shared/time.ts';
import { matriz } from '../../../../fakes/agent-side.ts';
import { createFakeCorrelator } from '../../../../fakes/fake-correlator.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

const one = agentId('agt-1');

function driving(known: Readonly<Record<string, AgentPresence>> = {}) {
  const correlator = createFakeCorrelator();
  for (const [id, presence] of Object.entries(known)) {
    correlator.setAgent({
      id: agentId(id),
      site: matriz,
      host: id,
      presence,
      presenceSince: instant(0),
      closedByPeer: false,
      remaining: 0,
      receipts: [],
    });
  }
  const clock = createManualClock();
  const began = clock.now();
  let jumpedMs = 0;
  /** Stands still for `ms` without any timer having run, as after SIGSTOP. */
  const jump = (ms: number): void => {
    jumpedMs += ms;
  };
  const jumping = { ...clock, now: () => instant(clock.now() + jumpedMs) };
  const counters = createGatewayCounters();
  const table = createLivenessTable({ heartbeatMs: 10_000, silenceFloorMs: 18_000, silenceCapMs: 30_000 });
  const news = createNewsQueue({ correlator, clock, counters });
  const driver = createLivenessDriver({ table, clock: jumping, correlator, news, counters });
  const told = () => correlator.inputs.map((input) => [input.kind, input.at - began]);
  return { driver, clock, correlator, counters, told, jump, now: jumping.now };
}

describe('the liveness driver', () => {
  it('tells suspicion and silence when they are due, and the return at once', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    clock.advance(60_000);
    driver.heard(one, now(), true);
    expect(told()).toEqual([
      ['agent.suspected', 14_636],
      ['agent.silent', 18_419],
      ['agent.heard', 60_000],
    ]);
  });

  it('tells nothing of an agent whose beats come', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    for (let n = 0; n < 30; n += 1) {
      clock.advance(10_000);
      driver.heard(one, now(), true);
    }
    expect(told()).toEqual([]);
    // One timer serves all agents.
    expect(clock.timers()).toBe(1);
  });

  it('at the start watches who was live or suspected, with the grace of a start', () => {
    const { driver, clock, correlator } = driving({
      'agt-live': 'live',
      'agt-suspected': 'suspected',
      'agt-silent': 'silent',
      'agt-away': 'away',
      'agt-new': 'new',
      'agt-revoked': 'revoked',
    });
    driver.start();
    clock.advance(44_999);
    expect(correlator.inputs).toEqual([]);
    clock.advance(1);
    expect(correlator.inputsOf('agent.silent').map((input) => input.agent)).toEqual([
      'agt-live',
      'agt-suspected',
    ]);
  });

  it('expects nothing after a goodbye', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    driver.challenge(one, true);
    driver.forget(one);
    clock.advance(120_000);
    expect(told()).toEqual([]);
  });

  it('suspects an agent that leaves a challenge unanswered for three seconds', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    clock.advance(1_000);
    driver.challenge(one, true);
    driver.challenge(one, true);
    clock.advance(2_999);
    expect(told()).toEqual([]);
    clock.advance(1);
    expect(told()).toEqual([['agent.suspected', 4_000]]);
  });

  it('does not suspect an agent that shows any sign of life after the challenge', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    clock.advance(1_000);
    driver.challenge(one, true);
    clock.advance(100);
    driver.heard(one, now(), false);
    clock.advance(5_000);
    expect(told()).toEqual([]);
  });

  it('suspects a challenged agent without a socket at once', () => {
    const { driver, clock, told, now } = driving();
    driver.sessionOpened(one, now());
    clock.advance(1_000);
    driver.challenge(one, false);
    expect(told()).toEqual([['agent.suspected', 1_000]]);
  });

  it('reads the sockets first when it comes late itself', () => {
    const { driver, clock, told, now, jump } = driving();
    driver.sessionOpened(one, now());
    clock.advance(10_000);
    driver.heard(one, now(), true);
    clock.advance(14_000);
    // A beat arrives while this process stands still; the timer that is due rings before the beat is read.
    jump(3_000);
    clock.advance(636);
    driver.heard(one, now(), true);
    clock.advance(5_000);
    expect(told()).toEqual([]);
  });

  it('gives everybody the grace of a start after a long stop of its own', () => {
    const { driver, clock, told, now, jump, counters } = driving();
    driver.sessionOpened(one, now());
    jump(60_000);
    clock.advance(14_636 + 44_000);
    expect(told()).toEqual([]);
    expect(counters.read()['liveness.stalled']).toBe(1);
    clock.advance(2_000);
    expect(told().map(([kind]) => kind)).toEqual(['agent.suspected', 'agent.silent']);
  });

  it('holds no timer after the stop', () => {
    const { driver, clock, now } = driving({ 'agt-live': 'live' });
    driver.start();
    driver.sessionOpened(one, now());
    driver.challenge(one, true);
    driver.stop();
    expect(clock.timers()).toBe(0);
  });
});
