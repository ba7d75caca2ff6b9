// An agent's way to its server for tests: enrolled in a directory of its own, with the real uplink, and everything that it
// says written down. Also the certificates of test/fixtures/tls.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnrolWish, enrol } from '../../agent/shell/enrol.ts';
import { type Identity, loadIdentity } from '../../agent/shell/identity.ts';
import { openReachMemory } from '../../agent/shell/reach-memory.ts';
import type { SystemLookup } from '../../agent/shell/resolve.ts';
import { createUplink, type Uplink, type UplinkWay } from '../../agent/shell/uplink.ts';
import { createHeardLog, type HeardLog, until } from './agent-records.ts';

export const enrolmentToken = 'token-token-token-token';

export function fixture(name: string): string {
  return new URL(`../fixtures/tls/${name}`, import.meta.url).pathname;
}

/** What a TLS server of the tests presents. */
export function certificateOf(name: 'server' | 'wrong' | 'expired' | 'early' | 'intercepted') {
  return { cert: readFileSync(fixture(`${name}.pem`)), key: readFileSync(fixture('leaf.key')) };
}

export interface UplinkBench {
  readonly state: string;
  readonly log: HeardLog;
  /** Tries to enrol. */
  enrol(wish: Partial<EnrolWish> & Pick<EnrolWish, 'servers'>): ReturnType<typeof enrol>;
  /** A program starts: it loads what the state directory holds. The one before ends. */
  start(ask?: SystemLookup): Uplink;
  identity(): Identity;
  /** One attempt: `opened`, or the reason why not. Takes how long it took too. */
  attempt(way?: UplinkWay): Promise<{ readonly told: string; readonly tookMs: number }>;
  close(): void;
}

export function openUplinkBench(): UplinkBench {
  const state = mkdtempSync(join(tmpdir(), 'vigia-reach-'));
  const log = createHeardLog();
  const opened = new Set<number>();
  const closed = new Set<number>();
  let uplink: Uplink | undefined;
  let socket = 0;
  const identity = (): Identity => {
    const loaded = loadIdentity(state);
    if (!loaded.ok) throw new Error(loaded.failure.message);
    return loaded.value;
  };
  const start = (ask?: SystemLookup): Uplink => {
    uplink?.end();
    uplink = createUplink({
      identity: identity(),
      log,
      memory: openReachMemory(state, log),
      ask,
      events: {
        opened: (one) => opened.add(one),
        closed: (one) => closed.add(one),
        received: () => undefined,
      },
    });
    return uplink;
  };
  return {
    state,
    log,
    enrol: (wish) =>
      enrol({
        token: enrolmentToken,
        stateDirectory: state,
        allowInsecureHttp: false,
        agentVersion: '1',
        ...wish,
      }),
    start,
    identity,
    attempt: async (way) => {
      const running = uplink ?? start();
      socket += 1;
      const mine = socket;
      const startedMs = performance.now();
      running.open(mine, way);
      await until(() => opened.has(mine) || closed.has(mine), 12_000);
      const told = opened.has(mine) ? 'opened' : (running.trouble()?.reason ?? 'nothing');
      return { told, tookMs: performance.now() - startedMs };
    },
    close: () => {
      uplink?.end();
      rmSync(state, { recursive: true });
    },
  };
}
