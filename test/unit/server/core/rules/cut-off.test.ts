// A machine that ran on without a network: what its own words about its links prove of its outage, and what they do not.
import { describe, expect, test } from 'vitest';
import { agentId } from '../../../../../shared/ids.ts';
import type { LinkChanged, StateChange } from '../../../../../shared/wire/messages.ts';
import { at, aurora, createRig } from '../rig.ts';

const agent = agentId('srv-erp');
type Told = Pick<LinkChanged, 'link' | 'status' | 'layer'> & { readonly since: number };

/** `srv-erp` is missed from 100 s on and back at 1000 s; what it tells then is each test's own. */
function missed(before: readonly Told[] = []) {
  const rig = createRig();
  let seq = 0;
  const changes = (seconds: number, items: readonly ((seq: number) => StateChange)[]): void => {
    rig.passTo(seconds);
    const numbered = items.map((make) => {
      seq += 1;
      return make(seq);
    });
    rig.apply({ kind: 'changes.received', at: at(seconds), agent, epoch: 1, remaining: 0, items: numbered });
  };
  const tell = (seconds: number, told: readonly Told[]): void =>
    changes(
      seconds,
      told.map(({ since, ...rest }) => (n) => ({
        ...{ kind: 'link.changed', seq: n, at: at(seconds), atErrorMs: 1, since: at(since) },
        ...{ recovering: false, evidence: [], ...rest },
      })),
    );
  const started = (seconds: number, atSeconds: number): void =>
    changes(seconds, [
      (n) => ({
        ...{ kind: 'run.started', seq: n, at: at(atSeconds), atErrorMs: 1, bootId: 'b', bootAt: at(-900) },
        previous: { bootId: 'b', lastAliveAt: at(atSeconds - 5), stoppedInOrder: false },
      }),
    ]);
  started(-80, -80);
  tell(-79, [
    { link: 'vivo', status: 'up', since: -79 },
    { link: 'claro', status: 'up', since: -79 },
    ...before,
  ]);
  rig.host(-78, 'up', 'srv-erp');
  rig.passTo(104);
  rig.apply({ kind: 'agent.suspected', at: at(104), agent, lastHeardAt: at(95) });
  rig.host(105, 'down', 'srv-erp');
  rig.passTo(112);
  rig.apply({ kind: 'agent.silent', at: at(112), agent, lastHeardAt: at(95) });
  rig.connect(1000, 'srv-erp');
  const incident = () => {
    const closed = rig.state().closed.get(aurora) ?? [];
    return [...rig.open(), ...closed].find((each) => each.causeKey === 'host:srv-erp');
  };
  return { ...rig, tell, started, incident };
}

const lost: readonly Told[] = [
  { link: 'vivo', status: 'down', layer: 'gateway', since: 101 },
  { link: 'claro', status: 'down', layer: 'lan', since: 103 },
];
const back: readonly Told[] = [
  { link: 'vivo', status: 'up', since: 998 },
  { link: 'claro', status: 'up', since: 999 },
];

describe('cut off: a machine tells late that it had no network', () => {
  test('an outage through which its own rounds were all dead was the local network', () => {
    const rig = missed();
    rig.tell(1001, [...lost, ...back]);
    expect(rig.incident()).toMatchObject({ kind: 'host-down', cause: 'lan' });
    expect(rig.notes().filter(({ text }) => text.includes('continuou ligado'))).toHaveLength(1);
    expect(rig.recorded()).toEqual([]);
  });

  test('told after the incident has closed it is amended and stays closed', () => {
    const rig = missed();
    rig.passTo(3000);
    rig.tell(3000, [...lost, ...back]);
    expect(rig.incident()).toMatchObject({ state: 'closed', cause: 'lan' });
    expect(rig.opened()).toHaveLength(1);
  });

  test('a program that was started again meanwhile proves nothing', () => {
    const rig = missed();
    rig.tell(1001, lost);
    rig.started(1001, 600);
    rig.tell(1001, back);
    expect(rig.incident()?.cause).toBe('unknown');
  });

  test('a machine that did no rounds tells nothing: it stays unknown', () => {
    const rig = missed();
    rig.tell(1001, back);
    expect(rig.incident()?.cause).toBe('unknown');
  });

  test('a link lost at its provider is no word on the machine, and stays the outage of that link', () => {
    const rig = missed();
    rig.tell(1001, [
      { link: 'vivo', status: 'down', layer: 'provider', since: 101 },
      { link: 'vivo', status: 'up', since: 998 },
    ]);
    expect(rig.incident()?.cause).toBe('unknown');
    expect(rig.recorded()).toMatchObject([{ kind: 'link-down', causeKey: 'link:vivo' }]);
  });

  test('a link that came back long before the machine did leaves the rest unexplained', () => {
    const rig = missed();
    rig.tell(1001, [...lost, { link: 'vivo', status: 'up', since: 500 }]);
    rig.tell(1002, [{ link: 'claro', status: 'up', since: 999 }]);
    expect(rig.incident()?.cause).toBe('unknown');
  });

  test('links lost only later than the machine leave the beginning unexplained', () => {
    const rig = missed();
    rig.tell(1001, [{ link: 'vivo', status: 'down', layer: 'lan', since: 300 }, ...back]);
    expect(rig.incident()?.cause).toBe('unknown');
    expect(rig.recorded()).toEqual([]);
  });

  test('one link that worked all the while refuses it', () => {
    const rig = missed();
    rig.tell(1001, [
      { link: 'vivo', status: 'down', layer: 'lan', since: 101 },
      { link: 'vivo', status: 'up', since: 998 },
    ]);
    expect(rig.incident()?.cause).toBe('unknown');
  });

  test('a link that was dead before the machine was missed refuses nothing', () => {
    const rig = missed([{ link: 'claro', status: 'down', layer: 'provider', since: -50 }]);
    rig.tell(1001, [
      { link: 'vivo', status: 'down', layer: 'lan', since: 101 },
      { link: 'vivo', status: 'up', since: 998 },
    ]);
    expect(rig.incident()?.cause).toBe('lan');
  });
});
