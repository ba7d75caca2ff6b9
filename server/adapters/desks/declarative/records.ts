// Records in a desk's answer, as the profile says to read them. Stands under the client. A field that the desk does not
// tell stays absent; a state in words that the profile does not know is believed by nobody.
import { type Failure, failure } from '../../../../shared/failure.ts';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Priority, priorities } from '../../../../shared/words.ts';
import { type DeskRecord, markerOf } from '../../../ports/desk-client.ts';
import { extractAll, extractOne, type Source } from './answer.ts';
import type { Profile } from './profile.ts';
import type { RecordRule } from './profile-schema.ts';

/** Of that incident only, compared exactly; lowest protocol first. */
export function recordsOf(
  {
    profile,
    rule,
    sources,
  }: { readonly profile: Profile; readonly rule: RecordRule; readonly sources: readonly Source[] },
  incident: IncidentId,
): Result<readonly DeskRecord[]> {
  const found: DeskRecord[] = [];
  const ours = sources.filter(
    (each) =>
      extractOne(rule.incident, each) === incident ||
      extractOne(rule.title, each)?.includes(markerOf(incident)) === true,
  );
  for (const each of ours.slice(0, limits.deskFoundMax)) {
    const record = recordOf({ profile, rule, source: each });
    if (!record.ok) return record;
    found.push(record.value);
  }
  return ok(found.sort((a, b) => compareProtocols(a.protocol, b.protocol)));
}

interface Reading {
  readonly profile: Profile;
  readonly rule: RecordRule;
  readonly source: Source;
}

/** `asked`: the protocol by which it was read, for answers that do not repeat it. Fails with `desk.uncertain`. */
export function recordOf({ profile, rule, source }: Reading, asked?: string): Result<DeskRecord> {
  const protocol = extractOne(rule.protocol, source) ?? asked;
  const title = extractOne(rule.title, source);
  const word = extractOne(rule.state, source);
  if (protocol === undefined || title === undefined || word === undefined) {
    return fail(unreadable('a resposta traz um chamado sem número, título ou situação'));
  }
  const state = stateOf(profile, word);
  if (state === undefined) return fail(unreadable(`situação desconhecida: "${word}"; inclua em maps.state`));
  const body = extractOne(rule.body, source);
  const priority = priorityOf(profile, extractOne(rule.priority, source));
  const assignedTo = extractOne(rule.assignedTo, source);
  const incident = incidentOf(profile, extractOne(rule.incident, source), title);
  return ok({
    protocol,
    title,
    state,
    ...(incident === undefined ? {} : { incident }),
    ...(body === undefined ? {} : { body }),
    ...(priority === undefined ? {} : { priority }),
    ...(assignedTo === undefined ? {} : { assignedTo }),
    ...(rule.notes === undefined ? {} : { noteMarks: marksIn(extractAll(rule.notes, source)) }),
  });
}

function stateOf({ maps: { state } }: Profile, word: string): DeskRecord['state'] | undefined {
  if (state.open.includes(word)) return 'open';
  return state.closed.includes(word) ? 'closed' : state.others;
}

/** Absent when two of our classes have the same code at the desk: nobody can tell which was meant. */
function priorityOf({ maps }: Profile, word: string | undefined): Priority | undefined {
  const meant = priorities.filter((each) => word !== undefined && maps.priority[each] === word);
  return meant.length === 1 ? meant[0] : undefined;
}

function incidentOf(
  { capabilities }: Profile,
  told: string | undefined,
  title: string,
): IncidentId | undefined {
  const text = capabilities.externalId === 'field' ? told : /\[VIGIA-([A-Za-z0-9-]{1,60})\]/.exec(title)?.[1];
  return text === undefined ? undefined : incidentIdFrom(text);
}

function marksIn(texts: readonly string[]): readonly string[] {
  const marks = texts
    .slice(-limits.deskNotesMax)
    .flatMap((text) => [...text.matchAll(/\[vigia:([^\]\s]{1,120})\]/g)].map(([, key = '']) => key));
  return [...new Set(marks)];
}

function unreadable(message: string): Failure {
  return failure('desk.uncertain', message, { retryable: true });
}

/** Numbers by value, everything else by its text. */
function compareProtocols(a: string, b: string): number {
  if (/^[0-9]{1,15}$/.test(a) && /^[0-9]{1,15}$/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
