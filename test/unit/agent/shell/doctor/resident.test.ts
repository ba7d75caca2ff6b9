// The running agent's examination of itself: what it finds, in both languages and within the wire's limits; and that it
// opens no socket for pings, starts no program and leaves the spool's lock where it is.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentView, LinkView } from '../../../../../agent/core/view.ts';
import type { Finding, Tools } from '../../../../../agent/shell/doctor/finding.ts';
import {
  examinationOf,
  examineSelf,
  type ResidentParts,
} from '../../../../../agent/shell/doctor/resident.ts';
import { openSpool, type Spool } from '../../../../../agent/shell/spool.ts';
import type { SpoolHealth } from '../../../../../agent/shell/spool-health.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant } from '../../../../../shared/time.ts';
import { decodeAgentMessage, encodeMessage } from '../../../../../shared/wire/codec.ts';
import { type AgentDoor, openAgentDoor } from '../../../../fakes/agent-door.ts';
import { changeRecord, clockAt, createHeardLog } from '../../../../fakes/agent-records.ts';
import { findings } from '../../../../fakes/agent-side.ts';
import { linkOf, serverNow, sessionOf, statusOf } from '../../../../fakes/agent-status.ts';
import { fakeTools } from '../../../../fakes/doctor-patient.ts';
import { openUplinkBench, type UplinkBench } from '../../../../fakes/uplink-bench.ts';

const looks = { looks: 3, lookEveryMs: 1, withinMs: 5_000 };
const sound: SpoolHealth = {
  ...{ state: 'sound', changes: 0, rollups: 2, inMemory: 0, bytes: 9 },
  ...{ refused: 0, droppedRollups: 0, droppedChanges: 0 },
};
/** Used by no check of a running agent. */
const forbidden = {
  openIcmp: () => {
    throw new Error('a socket for pings was opened');
  },
  pingProgram: () => Promise.reject(new Error('a program was started')),
  tcp: () => Promise.reject(new Error('a target was asked')),
  dns: () => Promise.reject(new Error('a target was asked')),
  page: () => Promise.reject(new Error('a target was asked')),
  gateway: () => Promise.reject(new Error('the system was asked')),
  machineIds: () => Promise.reject(new Error('the system was asked')),
} satisfies Partial<Tools>;

let bench: UplinkBench;
let door: AgentDoor;
beforeEach(async () => {
  door = await openAgentDoor();
  bench = openUplinkBench();
  await bench.enrol({ servers: [door.url] });
});
afterEach(async () => {
  bench.close();
  await door.close();
});

const service = import.meta.filename;
function partsOf(more: Partial<ResidentParts> = {}, tools: Partial<Tools> = {}): ResidentParts {
  return {
    stateDirectory: bench.state,
    identity: bench.identity(),
    tools: fakeTools({ ...forbidden, serviceFiles: [service], clock: now, ...tools }),
    pings: { method: () => 'icmp', reason: () => undefined },
    spool: { health: () => sound },
    view: views({ round: answers(3, 2) }),
    ...more,
  };
}
const now = () => ({ bootId: 'boot-1', monoMs: 1, wallMs: Date.now() });

/** One look after the other, each some rounds later. */
function views(...each: readonly Partial<LinkView>[]): () => AgentView {
  // The first is asked for the session's sake.
  let look = -1;
  return () => {
    const link = linkOf(each[Math.max(0, Math.min(look, each.length - 1))] ?? {});
    look += 1;
    const round = link.round && { ...link.round, at: instant(serverNow + look * 5_000) };
    return statusOf({}, { links: [{ ...link, round }], clockOffsetMs: 40 }).view;
  };
}
const answers = (anchor: number, dns: number, gateway = 1): NonNullable<LinkView['round']> => ({
  ...{ at: serverNow, counted: true, page: 'no-content' },
  answers: {
    gateway: { answered: gateway, asked: 1, rttMs: 1 },
    anchor: { answered: anchor, asked: 3, rttMs: 12 },
    dns: { answered: dns, asked: 2, rttMs: 12 },
  },
});
/** As most rounds are: one anchor and the router. */
const few: Partial<LinkView> = {
  round: {
    ...{ at: serverNow, counted: true },
    answers: { gateway: { answered: 1, asked: 1 }, anchor: { answered: 1, asked: 1 } },
  },
};
const brief = ({ items }: Awaited<ReturnType<typeof examineSelf>>): string[] =>
  items.map(({ check, level, of }) => `${check} ${level}${of === undefined ? '' : ` ${of}`}`);

describe('the agent examines itself', () => {
  it('finds nothing wrong where all is well, with no probe and no program', async () => {
    const found = await examineSelf(partsOf(), looks);
    expect(brief(found)).toEqual([]);
    expect(found.good).toBeGreaterThanOrEqual(11);
    const message = { ...findings(), ...found };
    expect(decodeAgentMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
  });

  it('tells what is wrong in both languages, errors first, and what to do', async () => {
    const found = await examineSelf(
      partsOf(
        {
          view: views({ round: answers(3, 0, 0) }),
          pings: { method: () => 'tcp', reason: () => 'no right to open a socket' },
          spool: { health: () => ({ ...sound, state: 'refused', inMemory: 7, reason: 'ENOSPC' }) },
        },
        { serviceFiles: [] },
      ),
      looks,
    );
    expect(brief(found)).toEqual([
      'spool error',
      'dns error vivo',
      'ping-native warning',
      'service warning',
      'gateway warning vivo',
    ]);
    expect(found.items[0]).toMatchObject({
      detail: 'ENOSPC',
      pt: { name: 'fila em disco', text: 'o disco recusa gravar: 7 registros só na memória' },
      en: { name: 'spool on disk', text: 'the disk refuses to write: 7 records in memory only' },
    });
    expect(found.items[2]?.pt.text).toContain(
      'porque o ICMP nativo não funciona (no right to open a socket)',
    );
    for (const { pt, en } of found.items) {
      expect(pt.advice).toMatch(/\w{3}/);
      expect(en.advice).toMatch(/\w{3}/);
      expect(pt.text).not.toBe(en.text);
    }
  });

  it.each<[string, readonly Partial<LinkView>[], readonly string[]]>([
    ['answers lost at first', [{ round: answers(3, 0, 0) }, { round: answers(3, 2) }], []],
    ['answers lost the next time', [{ round: answers(3, 2) }, { round: answers(0, 0) }], []],
    [
      'rounds that mostly ask one anchor',
      [{ round: answers(1, 0) }, few, { round: answers(1, 0) }],
      ['dns error vivo', 'anchors warning vivo'],
    ],
    ['one round that asks for DNS', [few, few, { round: answers(3, 0) }], []],
    [
      'rounds with no router to ask',
      [{ round: { ...answers(3, 2), answers: {} } }],
      ['gateway warning vivo'],
    ],
    ['a link that is down', [{ round: answers(0, 0), status: 'down' }], []],
    ['a link in doubt', [{ round: answers(1, 0), inDoubt: true }], []],
    ['a round that says nothing of the link', [{ round: { ...answers(0, 0), counted: false } }], []],
    ['no round yet', [{ round: undefined }], []],
    ['few anchors', [{ round: answers(1, 2) }], ['anchors warning vivo']],
    ['a login page', [{ round: { ...answers(3, 2), page: 'redirected' } }], ['page error vivo']],
    ['a link that cannot be told apart', [{ mode: 'never' }], ['source warning vivo']],
  ])('of a link: %s', async (_what, each, expected) => {
    expect(brief(await examineSelf(partsOf({ view: views(...each) }), looks))).toEqual(expected);
  });

  it('finds a link whose address is not here only where none is', async () => {
    const other = linkOf({ key: 'claro', source: '192.168.20.20' });
    const view = () => statusOf({}, { links: [linkOf(), other] }).view;
    const examined = async (hasAddress: Tools['hasAddress']) =>
      brief(await examineSelf(partsOf({ view }, { hasAddress }), looks));
    expect(await examined((address) => address === other.source)).toEqual([]);
    expect(await examined(() => false)).toEqual(['source warning vivo', 'source warning claro']);
  });

  it('finds a server that is not reached, a clock that is wrong, and a spool that has lost changes', async () => {
    await door.close();
    const view = () => statusOf({}, { links: [], clockOffsetMs: 300_000 }).view;
    const health = () => ({ ...sound, droppedChanges: 3, movedAside: '/x' });
    const found = await examineSelf(partsOf({ view, spool: { health } }), looks);
    expect(brief(found)).toEqual([
      'spool error',
      `server-way error ${door.url}`,
      'spool warning',
      'clock warning',
    ]);
    expect(found.items[3]?.pt.text).toContain('5 min atrasado');
    expect(found.items[3]?.en.text).toContain('5 min behind');
  });

  it('does not knock at the server without a session', async () => {
    const session = sessionOf({ state: 'disconnected' });
    const view = () => statusOf({}, { links: [], session }).view;
    const reach = (): never => {
      throw new Error('knocked');
    };
    expect(brief(await examineSelf(partsOf({ view }, { reach }), looks))).toEqual([]);
  });

  it('asks a resolver one name at a time, each once', async () => {
    const asked: string[] = [];
    let atOnce = 0;
    const lookup = async (name: string) => {
      asked.push(name);
      atOnce += 1;
      expect(atOnce).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce -= 1;
      return ['127.0.0.1'];
    };
    const { access, enrolment, ...rest } = bench.identity();
    const servers = ['a', 'b', 'c'].map((name) => `http://${name}.localhost:${door.port}`);
    const identity = { ...rest, access, enrolment: { ...enrolment, servers, allowInsecureHttp: true } };
    await examineSelf(partsOf({ identity }, { lookup }), looks);
    expect(asked).toEqual(['a.localhost', 'b.localhost', 'c.localhost']);
  });

  it('ends in time and says so where a check hangs, and where one breaks', async () => {
    const hangs = partsOf({}, { reach: () => ({ open: () => new Promise(() => undefined) }) });
    const late = await examineSelf(hangs, { ...looks, withinMs: 50 });
    expect(brief(late)).toEqual(['server-way warning']);
    const breaks = partsOf(
      {},
      {
        reach: () => {
          throw new Error('broken\u0007');
        },
      },
    );
    expect((await examineSelf(breaks, looks)).items[0]).toMatchObject({
      check: 'server-way',
      detail: 'broken',
    });
  });

  it('keeps to the limits of the wire, whatever strangers say', () => {
    const hostile: Finding = {
      ...{ check: 'server-tls', level: 'warning', of: 'x'.repeat(999) },
      ...{
        text: `\u001b[2J<script>\u202e${'y'.repeat(999)}`,
        advice: 'z'.repeat(999),
        detail: '\n'.repeat(9),
      },
    };
    const worst: Finding = { check: 'dns', level: 'error', text: 'worst' };
    const found = examinationOf([...Array.from({ length: 40 }, () => hostile), worst]);
    expect(found).toMatchObject({ good: 0, more: 41 - limits.findingsMax });
    expect(found.items[0]?.check).toBe('dns');
    const message = { ...findings(), ...found };
    expect(decodeAgentMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
    expect(found.items[1]?.pt.text).toMatch(/^\[2J<script> y+…$/);
  });
});

describe('the spool of an agent that examines itself', () => {
  const path = (): string => join(bench.state, 'spool.sqlite');
  /** Whether another process could take the file. */
  function isFree(): boolean {
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      try {
        const database = new DatabaseSync(process.argv[1], { timeout: 0 });
        database.exec('BEGIN IMMEDIATE');
        process.stdout.write('free');
      } catch (error) { process.stdout.write('held: ' + error.message); }`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, path()], { encoding: 'utf8' });
    if (!/^(free|held)/.test(stdout)) throw new Error(stderr);
    return stdout === 'free';
  }

  it('stays locked against every other process', async () => {
    const opened = openSpool({ path: path(), clock: () => clockAt(1), log: createHeardLog() });
    if (!opened.ok) throw new Error(opened.failure.message);
    const spool: Spool = opened.value;
    spool.append([changeRecord(1)]);
    expect(isFree()).toBe(false);
    const found = await examineSelf(partsOf({ spool }), looks);
    expect(brief(found)).toEqual([]);
    expect(isFree()).toBe(false);
    // What would give it up, so that this test is known to notice.
    closeSync(openSync(path(), 'r'));
    expect(isFree()).toBe(true);
    spool.close();
  });
});
