// The running agent examines itself from time to time and gives what it found to its core, which tells the server. One at a
// time, seldom, and loaded only when it is needed. Must never end the agent, nor decide anything.
import type { Random } from '../../shared/random.ts';
import { Examinations } from '../core/examinations.ts';
import type { AgentInput, Clock, Examination } from '../core/input.ts';
import type { AgentOutput } from '../core/output.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

export interface SelfExaminationParts {
  readonly clock: () => Clock;
  readonly examine: () => Promise<Examination>;
  readonly push: (input: AgentInput) => void;
  readonly random: Random;
  /** Of the assignment that was known at the start. */
  readonly revision: number | undefined;
  readonly log: Log;
}

export interface SelfExamination {
  /** Everything that goes through the core passes here: it may tell that the network changed. */
  notice(input: AgentInput, outputs: readonly AgentOutput[]): void;
  end(): void;
}

/** setTimeout's own ceiling is far above; a machine that slept is noticed within this. */
const napMsMax = 60_000;

export function createSelfExamination(parts: SelfExaminationParts): SelfExamination {
  const { clock, examine, push, log } = parts;
  const plan = new Examinations(parts.random, clock().monoMs);
  let { revision } = parts;
  let isUnderWay = false;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const run = async (): Promise<void> => {
    isUnderWay = true;
    plan.begun(clock().monoMs);
    const at = clock();
    try {
      const examination = await examine();
      if (ended) return;
      const { good, more, items } = examination;
      log.info(
        { good, more, found: items.map(({ check, level, of }) => ({ check, level, of })) },
        'examined',
      );
      push({ kind: 'self.examined', clock: clock(), at, examination });
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the agent could not examine itself');
    } finally {
      isUnderWay = false;
    }
  };
  const arm = (): void => {
    if (ended) return;
    const leftMs = isUnderWay ? napMsMax : plan.nextMs - clock().monoMs;
    const waitMs = Math.min(napMsMax, Math.max(0, leftMs));
    timer = setTimeout(() => {
      if (!isUnderWay && clock().monoMs >= plan.nextMs) void run();
      arm();
    }, waitMs);
    timer.unref();
  };
  arm();
  return {
    notice(input, outputs) {
      if (input.kind === 'probing.chosen') plan.changed(input.clock.monoMs);
      for (const output of outputs) {
        if (output.kind === 'assignment.save') {
          if (output.assignment.revision !== revision) plan.changed(input.clock.monoMs);
          revision = output.assignment.revision;
        } else if (output.kind === 'spool.append' && isOfLink(output)) plan.changed(input.clock.monoMs);
      }
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

function isOfLink({ record }: Extract<AgentOutput, { readonly kind: 'spool.append' }>): boolean {
  return record.queue === 'changes' && record.change.body.kind === 'link.changed';
}
