// Once per boot, in the background, told again only when it was not told: with a virtual machine around it.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndingEvidence } from '../../../../../agent/core/ending/evidence.ts';
import type { AgentInput, Clock } from '../../../../../agent/core/input.ts';
import type { CollectOptions } from '../../../../../agent/shell/forensics/collect.ts';
import { type Explanation, explainEnding } from '../../../../../agent/shell/forensics/explain.ts';
import { openUntold } from '../../../../../agent/shell/forensics/told-file.ts';
import { limits } from '../../../../../shared/limits.ts';
import {
  linuxEvidence,
  newBoot,
  newBootAt,
  oldBoot,
  power41,
  stampOf,
  windowsEvidence,
} from '../../../../corpus/endings/case.ts';
import { shutdown } from '../../../../corpus/endings/linux.ts';
import { createHeardLog } from '../../../../fakes/agent-records.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigia-explain-'));
  path = join(directory, 'ending.json');
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const open = (bootId: string, stamp: ReturnType<typeof stampOf> | 'none' = stampOf()) =>
  openUntold({
    stateDirectory: directory,
    bootId,
    stamp: stamp === 'none' ? undefined : stamp,
    log: createHeardLog(),
  });

describe('what is still to be explained', () => {
  it('is nothing on the first start ever, and nothing after a restart of the program alone', () => {
    expect(open(newBoot, 'none')).toBeUndefined();
    expect(open(oldBoot)).toBeUndefined();
  });

  it('is told once per boot, however often the program starts in it', () => {
    const first = open(newBoot);
    expect(first?.previous).toEqual(stampOf());
    first?.markTold();
    expect(open(newBoot)).toBeUndefined();
    const ownStamp = { clock: { bootId: newBoot, monoMs: 1, wallMs: newBootAt }, stoppedInOrder: false };
    expect(open(newBoot, ownStamp)).toBeUndefined();
    expect(open('another-boot', ownStamp)?.previous).toEqual(ownStamp);
  });

  it('is left to the next run when this one dies first, though the stamp is overwritten by then', () => {
    expect(open(newBoot)).toBeDefined();
    const ownStamp = { clock: { bootId: newBoot, monoMs: 1, wallMs: newBootAt }, stoppedInOrder: false };
    expect(open(newBoot, ownStamp)?.previous).toEqual(stampOf());
  });

  it('survives a damaged file, and a folder that cannot be written', () => {
    open(newBoot)?.markTold();
    expect(statSync(path).mode & 0o077).toBe(0);
    for (const text of ['', '{', '{"bootId":1}', `{"bootId":"${newBoot}","told":true}`]) {
      writeFileSync(path, text);
      expect(open(newBoot)?.previous).toEqual(stampOf());
    }
    const log = createHeardLog();
    const stuck = openUntold({ stateDirectory: path, bootId: newBoot, stamp: stampOf(), log });
    expect(stuck?.previous).toEqual(stampOf());
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
  });
});

interface Told {
  readonly pushed: AgentInput[];
  readonly asked: CollectOptions[];
  readonly explanation: Explanation;
}

function explain(options: {
  readonly uptimeMs: number;
  readonly system?: NodeJS.Platform;
  readonly evidence: (asked: CollectOptions) => EndingEvidence;
}): Told {
  const startedAt = Date.now();
  const clock = (): Clock => {
    const monoMs = options.uptimeMs + (Date.now() - startedAt);
    return { bootId: newBoot, monoMs, wallMs: newBootAt + monoMs };
  };
  const pushed: AgentInput[] = [];
  const asked: CollectOptions[] = [];
  const explanation = explainEnding({
    untold: open(newBoot),
    clock,
    push: (input) => pushed.push(input),
    log: createHeardLog(),
    system: options.system ?? 'linux',
    collect: (wish) => {
      asked.push(wish);
      return Promise.resolve({ ...options.evidence(wish), settled: wish.settled });
    },
  });
  return { pushed, asked, explanation };
}

describe('the explanation', () => {
  const planned = () => linuxEvidence({ marks: [[1_000, shutdown(true)]] });

  it('goes to the core at once when it needs no later report, and is remembered as told', async () => {
    const { pushed, asked, explanation } = explain({ uptimeMs: 5_000, evidence: planned });
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
    expect(pushed).toMatchObject([{ kind: 'ending.found', ending: { ending: 'planned', restart: true } }]);
    expect(open(newBoot)).toBeDefined();
    await vi.advanceTimersByTimeAsync(2_000);
    await explanation.done;
    expect(open(newBoot)).toBeUndefined();
  });

  it('waits for the reports that Windows writes late, then asks once more', async () => {
    const evidence = () => windowsEvidence({ after: [power41()] });
    const { pushed, asked } = explain({ uptimeMs: 20_000, system: 'win32', evidence });
    await vi.advanceTimersByTimeAsync(limits.endingSettledWindowsMs - 20_000 - 100);
    expect(pushed).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.map(({ settled }) => settled)).toEqual([false, true]);
    expect(pushed).toMatchObject([{ ending: { ending: 'power' } }]);
  });

  it('is unknown, told all the same, when nothing speaks', async () => {
    const evidence = () => linuxEvidence({ journal: undefined, pstore: undefined, machine: undefined });
    const { pushed, asked } = explain({ uptimeMs: 3_600_000, evidence });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toHaveLength(1);
    expect(pushed).toMatchObject([{ ending: { ending: 'unknown' } }]);
  });

  it('ends with the program: nothing is pushed, and the next run tells it', async () => {
    const evidence = () => linuxEvidence({});
    const { pushed, explanation } = explain({ uptimeMs: 1_000, evidence });
    await vi.advanceTimersByTimeAsync(100);
    explanation.end();
    await explanation.done;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(pushed).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(open(newBoot)).toBeDefined();
  });

  it('that ended between telling and remembering is told again rather than lost', async () => {
    const { pushed, explanation } = explain({ uptimeMs: 60_000, evidence: planned });
    await vi.advanceTimersByTimeAsync(100);
    expect(pushed).toHaveLength(1);
    explanation.end();
    await explanation.done;
    expect(open(newBoot)).toBeDefined();
  });

  it('is never the end of the watch: a broken collector is logged', async () => {
    const log = createHeardLog();
    const explanation = explainEnding({
      untold: open(newBoot),
      clock: () => ({ bootId: newBoot, monoMs: 1e6, wallMs: newBootAt }),
      push: () => undefined,
      log,
      collect: () => Promise.reject(new Error('bug')),
    });
    await explanation.done;
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { error: 'bug' } }]);
  });

  it('of nothing is done at once', async () => {
    const log = createHeardLog();
    const explanation = explainEnding({
      untold: undefined,
      clock: () => ({ bootId: newBoot, monoMs: 0, wallMs: 0 }),
      push: () => undefined,
      log,
    });
    await explanation.done;
    expect(log.lines).toEqual([]);
  });
});
