// What is wrong in a status: each trouble by itself, and above all that old news is never called good.
import { describe, expect, it } from 'vitest';
import { judgeStatus, type StatusFound } from '../../../../agent/core/status.ts';
import { closeCodes } from '../../../../shared/wire/messages.ts';
import { clockAt } from '../../../fakes/agent-records.ts';
import { linkOf, serverNow, sessionOf, statusOf } from '../../../fakes/agent-status.ts';

const now = clockAt(10_004_000);

function found(status = statusOf(), processLives = true): StatusFound {
  return { kind: 'found', status, processLives };
}
const problemsOf = (status = statusOf(), at = now) => judgeStatus(found(status), at).problems;

describe('agent: status: judgement', () => {
  it('finds nothing wrong where all is well, and knows how old it is', () => {
    expect(judgeStatus(found(), now)).toEqual({ problems: [], ageMs: 4_000, old: false });
  });

  it.each(['not-enrolled', 'none', 'forbidden', 'damaged'] as const)('has no status to judge: %s', (kind) => {
    expect(judgeStatus({ kind }, now)).toEqual({ problems: [{ kind }], old: true });
  });

  it('says first that the agent is gone, and nothing of what it saw then', () => {
    const troubled = statusOf({}, { links: [linkOf({ status: 'down' })] });
    const judged = judgeStatus(found(troubled, false), now);
    expect(judged).toEqual({ problems: [{ kind: 'gone', ageMs: 4_000 }], ageMs: 4_000, old: true });
  });

  it('tells a stop in order from a death, also when another process has the number now', () => {
    expect(judgeStatus(found(statusOf({ stopped: true })), now).problems).toEqual([
      { kind: 'stopped', ageMs: 4_000 },
    ]);
  });

  it('calls an agent that says nothing for 30 s a hanging one, not before', () => {
    expect(problemsOf(statusOf(), clockAt(10_030_000))).toEqual([]);
    expect(problemsOf(statusOf(), clockAt(10_030_001))).toEqual([{ kind: 'hangs', ageMs: 30_001 }]);
  });

  it('counts the age by the clock that cannot be set, and across a boot by the other', () => {
    const set = { ...now, wallMs: now.wallMs + 86_400_000 };
    expect(problemsOf(statusOf(), set)).toEqual([]);
    const afterBoot = { bootId: 'boot-2', monoMs: 5_000, wallMs: clockAt(10_090_000).wallMs };
    expect(problemsOf(statusOf(), afterBoot)).toEqual([{ kind: 'hangs', ageMs: 90_000 }]);
    const clockBack = { bootId: 'boot-2', monoMs: 5_000, wallMs: 1 };
    expect(judgeStatus(found(statusOf(), false), clockBack).ageMs).toBe(0);
  });

  it('names dead and degraded links with layer and duration', () => {
    const links = [
      linkOf({ status: 'down', layer: 'provider' }),
      linkOf({
        key: 'claro',
        status: 'degraded',
        quality: { by: ['loss'], windowMs: 120_000, lossRatio: 0.2 },
      }),
      linkOf({ key: 'oi', mode: 'never', status: 'unknown' }),
    ];
    expect(problemsOf(statusOf({}, { links }))).toEqual([
      { kind: 'link-down', link: 'vivo', layer: 'provider', forMs: 3_600_000 },
      { kind: 'link-degraded', link: 'claro', layer: undefined, by: ['loss'] },
      { kind: 'link-unjudged', link: 'oi' },
    ]);
  });

  it('has nothing against a link that others watch or that is not in use', () => {
    const links = [
      linkOf({ status: 'unknown', round: undefined }),
      linkOf({ key: 'claro', mode: 'egress', status: 'unknown' }),
    ];
    expect(problemsOf(statusOf({}, { links }))).toEqual([]);
  });

  it('calls nothing well while the only link of the site is not measured', () => {
    const link = linkOf({ mode: 'free', status: 'unknown', round: undefined });
    expect(problemsOf(statusOf({}, { links: [link] }))).toEqual([{ kind: 'link-unmeasured', link: 'vivo' }]);
  });

  it('names silent hosts, and a site with nothing to watch', () => {
    const host = { key: 'srv-erp', status: 'down', recovering: false } as const;
    expect(problemsOf(statusOf({}, { hosts: [host] }))).toEqual([
      { kind: 'host-down', host: 'srv-erp', forMs: undefined },
    ]);
    expect(problemsOf(statusOf({}, { hosts: [], links: [] }))).toEqual([{ kind: 'nothing-to-watch' }]);
  });

  it('misses the server only after the time that a failover takes', () => {
    const session = sessionOf({ state: 'disconnected', confirmedAt: serverNow });
    const status = statusOf({}, { session });
    expect(problemsOf(status, clockAt(10_020_000))).toEqual([]);
    expect(problemsOf(status, clockAt(10_020_001))).toEqual([{ kind: 'no-session', forMs: 20_001 }]);
    const never = sessionOf({ state: 'opening', confirmedAt: undefined });
    expect(problemsOf(statusOf({ started: clockAt(9_999_000) }, { session: never }))).toEqual([]);
    expect(problemsOf(statusOf({}, { session: never }))).toEqual([{ kind: 'no-session', forMs: undefined }]);
  });

  it.each([
    ['cloned', closeCodes.cloned.code],
    ['revoked', closeCodes.revoked.code],
  ] as const)('says at once that the server refused it as %s', (kind, closeCode) => {
    const session = sessionOf({ state: 'disconnected', closeCode });
    expect(problemsOf(statusOf({}, { session }))).toEqual([{ kind }]);
  });

  it('warns of a clock a minute off, a disk that refuses and changes that were lost', () => {
    const { spool } = statusOf();
    const status = statusOf(
      { spool: { ...spool, inMemory: 3, droppedChanges: 1 } },
      { clockOffsetMs: -60_001 },
    );
    expect(problemsOf(status)).toEqual([
      { kind: 'clock-off', offsetMs: -60_001 },
      { kind: 'disk-refuses', records: 3 },
      { kind: 'changes-lost', records: 1 },
    ]);
    expect(problemsOf(statusOf({}, { clockOffsetMs: undefined }))).toEqual([]);
  });
});
