// What tickets are made of, from the operator's files to the correlator: at the start before anybody may open one, and
// again whenever the files have changed. A folder that has become wrong while running changes nothing and is said once.
import { type Failure, failure, type Issue } from '../shared/failure.ts';
import { limits } from '../shared/limits.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { defaultSlaPolicies, type SlaPolicies } from '../shared/sla-policy.ts';
import type { TicketSettings } from './core/ticket-settings.ts';
import { readKnowledge } from './knowledge-files.ts';
import type { Clock } from './ports/clock.ts';
import type { Correlator } from './ports/correlator.ts';
import { readTemplates } from './ticket-files.ts';

export interface TicketSources {
  /** Absolute folders; absent: the shipped ones alone. */
  readonly ticketTemplates?: string;
  readonly knowledge?: string;
  readonly publicUrl?: string;
  /** Absent: the contract's own defaults. */
  readonly sla?: SlaPolicies;
}

/** Fails with `config.invalid` and every mistake: file, line, what is wanted. */
export function loadTicketSettings(sources: TicketSources): Result<TicketSettings> {
  const issues: Issue[] = [];
  const templates = readTemplates(sources.ticketTemplates, issues);
  const hints = readKnowledge(sources.knowledge, issues);
  if (issues.length > 0) {
    const message = `templates or knowledge base have ${issues.length} mistake(s)`;
    return fail(failure('config.invalid', message, { issues }));
  }
  const { publicUrl, sla = defaultSlaPolicies } = sources;
  return ok({ templates, hints, sla, ...(publicUrl === undefined ? {} : { publicUrl }) });
}

export interface TicketSettingsBook {
  stop(): void;
}

export interface TicketSettingsOptions {
  readonly sources: TicketSources;
  readonly correlator: Pick<Correlator, 'state'>;
  readonly clock: Clock;
  /** Resolves after the commit. */
  readonly submit: (input: Parameters<Correlator['submit']>[0]) => Promise<Result<unknown>>;
  /** Told once for each new mistake; the settings of before stay. */
  readonly onRefused: (failure: Failure) => void;
}

/** Resolves when the core knows what it did not know before: call it before anybody can report an outage. */
export async function openTicketSettings(options: TicketSettingsOptions): Promise<TicketSettingsBook> {
  const { sources, clock, onRefused } = options;
  const hasFolders = sources.ticketTemplates !== undefined || sources.knowledge !== undefined;
  let stopped = false;
  let cancel: () => void = () => {};
  let said = '';
  const readAndTell = async (): Promise<void> => {
    const read = loadTicketSettings(sources);
    const done = read.ok ? await tell(options, read.value) : read;
    const trouble = done.ok ? '' : JSON.stringify(done.failure);
    if (!done.ok && trouble !== said) onRefused(done.failure);
    said = trouble;
    if (hasFolders && !stopped) cancel = clock.after(limits.ticketFilesReadEveryMs, () => void readAndTell());
  };
  await readAndTell();
  return {
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

async function tell(
  { correlator, clock, submit }: TicketSettingsOptions,
  settings: TicketSettings,
): Promise<Result<unknown>> {
  if (JSON.stringify(correlator.state().tickets) === JSON.stringify(settings)) return ok(undefined);
  return submit({ kind: 'tickets.configured', at: clock.now(), settings });
}
