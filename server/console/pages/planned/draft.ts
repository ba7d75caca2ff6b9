// What is typed into the form of a new window, what is wrong with it, and the body that the server gets. The server checks all
// of it again; this says it sooner, and in the reader's words. Pure.
import { limits } from '../../../../shared/limits.ts';
import { day, hour, minute } from '../../../../shared/time.ts';
import { noScope, type ScopeChoice, scopeBody } from '../../scope.ts';
import { instantOf, localOf } from '../../site-time.ts';
import { once, type RuleChoice, ruleOf } from './rule.ts';

export interface WindowDraft {
  readonly scope: ScopeChoice;
  /** Local, as date-and-time fields have it; empty: not said. */
  readonly starts: string;
  readonly ends: string;
  readonly returnBy: string;
  readonly rule: RuleChoice;
  readonly reason: string;
}

export type WindowField = 'customer' | 'starts' | 'ends' | 'returnBy' | 'rule' | 'reason';

export type Mistake =
  | 'missing'
  | 'no-time'
  | 'before-start'
  | 'too-long'
  | 'over'
  | 'too-old'
  | 'return-outside'
  | 'cron'
  | 'cron-time'
  | 'rule-refused'
  | 'refused';

export type Mistakes<Field extends string> = Readonly<Partial<Record<Field, Mistake>>>;

/** From the next full hour, two hours long. */
export function newDraft(now: number, timeZone: string, scope: ScopeChoice = noScope): WindowDraft {
  const starts = Math.ceil((now + minute) / hour) * hour;
  return {
    scope,
    starts: localOf(starts, timeZone),
    ends: localOf(starts + 2 * hour, timeZone),
    returnBy: '',
    rule: once,
    reason: '',
  };
}

export function mistakesOf(draft: WindowDraft, timeZone: string, now: number): Mistakes<WindowField> {
  const found: Partial<Record<WindowField, Mistake>> = {};
  const starts = instantOf(draft.starts, timeZone);
  const ends = instantOf(draft.ends, timeZone);
  if (draft.scope.customer === '') found.customer = 'missing';
  if (draft.reason.trim() === '') found.reason = 'missing';
  if (starts === undefined) found.starts = draft.starts === '' ? 'missing' : 'no-time';
  else if (now - starts > limits.windowAgeMsMax) found.starts = 'too-old';
  if (ends === undefined) found.ends = draft.ends === '' ? 'missing' : 'no-time';
  else if (starts !== undefined) {
    if (ends <= starts) found.ends = 'before-start';
    else if (ends - starts > limits.windowMsMax) found.ends = 'too-long';
    else if (ends <= now && draft.rule.repeat === 'once') found.ends = 'over';
  }
  if (draft.returnBy !== '') {
    const back = instantOf(draft.returnBy, timeZone);
    if (back === undefined) found.returnBy = 'no-time';
    else if (starts === undefined || ends === undefined || back <= starts || back > ends)
      found.returnBy = 'return-outside';
  }
  const rule = ruleOf(draft.rule, draft.starts);
  if (rule.kind === 'wrong') found.rule = rule.because === 'empty' ? 'missing' : rule.because;
  return found;
}

/** Of a draft without mistakes. */
export function windowBody(draft: WindowDraft, timeZone: string): object {
  const iso = (local: string): string => new Date(instantOf(local, timeZone) ?? 0).toISOString();
  const rule = ruleOf(draft.rule, draft.starts);
  return {
    scope: scopeBody(draft.scope),
    startsAt: iso(draft.starts),
    endsAt: iso(draft.ends),
    ...(rule.kind === 'rule' ? { recurrence: rule.text } : {}),
    ...(draft.returnBy === '' ? {} : { returnBy: iso(draft.returnBy) }),
    reason: draft.reason.trim(),
  };
}

/** Which field a refusal of the server is about. */
export function refusedFields(issues: readonly { readonly path: string }[]): Mistakes<WindowField> {
  const found: Partial<Record<WindowField, Mistake>> = {};
  for (const { path } of issues) {
    if (path.startsWith('body.scope')) found.customer = 'refused';
    else if (path === 'body.startsAt') found.starts = 'refused';
    else if (path === 'body.endsAt') found.ends = 'refused';
    else if (path === 'body.returnBy') found.returnBy = 'refused';
    else if (path === 'body.recurrence') found.rule = 'rule-refused';
    else if (path === 'body.reason') found.reason = 'refused';
  }
  return found;
}

export interface SilenceDraft {
  readonly scope: ScopeChoice;
  /** Local end. */
  readonly until: string;
  readonly reason: string;
}

export type SilenceField = 'customer' | 'until' | 'reason';

export function silenceMistakes(draft: SilenceDraft, timeZone: string, now: number): Mistakes<SilenceField> {
  const found: Partial<Record<SilenceField, Mistake>> = {};
  const until = instantOf(draft.until, timeZone);
  if (draft.scope.customer === '') found.customer = 'missing';
  if (draft.reason.trim() === '') found.reason = 'missing';
  if (until === undefined) found.until = draft.until === '' ? 'missing' : 'no-time';
  else if (until <= now) found.until = 'over';
  else if (until - now > limits.silenceMsMax) found.until = 'too-long';
  return found;
}

export function silenceBody(draft: SilenceDraft, timeZone: string) {
  const until = new Date(instantOf(draft.until, timeZone) ?? 0).toISOString();
  return { scope: scopeBody(draft.scope), until, reason: draft.reason.trim() };
}

/** Ends that are one press away: in 1, 4 and 24 hours, and in 7 days. */
export const silenceLengthsMs = [hour, 4 * hour, day, 7 * day] as const;
