// A desk that only its profile describes: each call of `DeskClient` is one operation, rendered, sent once and judged by
// the profile's own rules. Must never retry, search or wait (that is the delivery's), and never call an absent operation
// done.
import { assert } from '../../../../shared/assert.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { second, toIso } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import {
  type DeskCapabilities,
  type DeskClient,
  type DeskDraft,
  type DeskRecord,
  markerOf,
} from '../../../ports/desk-client.ts';
import { call, type DeskHttp, uncertain } from '../http/call.ts';
import { extractOne, type Judged, judge, recordSources, type Source } from './answer.ts';
import type { Profile } from './profile.ts';
import { namesUsed } from './profile-check.ts';
import type { OperationName, RecordRule } from './profile-schema.ts';
import { recordOf, recordsOf } from './records.ts';
import { render } from './render.ts';
import type { Values } from './template.ts';

export interface DeclarativeClientOptions {
  readonly config: {
    readonly profile: Profile;
    readonly vars: Readonly<Record<string, string>>;
    readonly allowInsecure: boolean;
  };
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  /** Characters that the desk's charset lacks were written as others. */
  readonly onReplaced?: (characters: readonly string[]) => void;
  /** Milliseconds for one whole call; absent: `limits.deskCallMs`. */
  readonly timeoutMs?: number;
}

/** The profile is one that `loadProfile` gave and that lacks nothing (`missingForLive`). */
export function createDeclarativeClient(options: DeclarativeClientOptions): DeskClient {
  const { profile } = options.config;
  const { operations } = profile;
  const perform = performer(options);
  const done = async (name: OperationName, values: Given): Promise<Result<void>> => {
    const judged = await perform(name, values);
    return judged.ok ? ok(undefined) : judged;
  };
  return {
    name: profile.id,
    capabilities: capabilitiesOf(profile),
    probe: () => done('probe', {}),
    create: async (draft) => {
      const judged = await perform('create', draftValues(profile, draft));
      if (!judged.ok) return judged;
      const protocol = extractOne(operations.create?.protocol, judged.value.source);
      if (protocol !== undefined) return ok({ protocol });
      return fail(unreadable(profile, 'a resposta da abertura não traz o número do chamado'));
    },
    find: async (incident) => {
      const judged = await perform('find', { incident, marker: markerOf(incident) });
      if (!judged.ok) return judged;
      if (judged.value.kind === 'none') return ok([]);
      const reading = readingOf(profile, 'find', judged.value.source);
      return reading.ok ? recordsOf({ profile, ...reading.value }, incident) : reading;
    },
    read: async (protocol) => {
      const judged = await perform('read', { protocol });
      if (!judged.ok) return judged;
      if (judged.value.kind === 'none') return ok(undefined);
      return readOne(profile, judged.value.source, protocol);
    },
    note: (protocol, { key, text }) => done('note', { protocol, key, text }),
    setState: async (protocol, state, { key, text }) => {
      const note = { key, text };
      const name = state === 'closed' ? 'close' : 'reopen';
      const operation = operations[name];
      // The words first: a state without its reason is worse than a reason without its state.
      if (operation !== null && operations.note !== null && !namesUsed(operation).has('text')) {
        const noted = await done('note', { protocol, ...note });
        if (!noted.ok) return noted;
      }
      return done(name, { protocol, ...note });
    },
    raise: (protocol, { priority, title }) =>
      done('raise', { protocol, priority: profile.maps.priority[priority], title }),
    close: async () => {},
  };
}

/** What the profile declares and what follows from the operations that it has. */
export function capabilitiesOf({ operations, capabilities }: Profile): DeskCapabilities {
  const { externalId, idempotent, searchLagMs, rate } = capabilities;
  const search: DeskCapabilities['search'] =
    operations.find === null
      ? { kind: 'none' }
      : searchLagMs === 0
        ? { kind: 'immediate' }
        : { kind: 'lagging', lagMs: searchLagMs };
  return {
    externalId,
    idempotent,
    search,
    read: operations.read !== null,
    readsNotes: operations.read?.record?.notes !== undefined,
    notes: operations.note !== null,
    close: operations.close !== null,
    reopen: operations.reopen !== null,
    raise: operations.raise !== null,
    events: 'none',
    ...(rate === undefined ? {} : { rate }),
  };
}

type Given = Readonly<Record<string, string>>;
type Performed = Promise<Result<Exclude<Judged, { kind: 'failed' }>>>;

function performer(options: DeclarativeClientOptions): (name: OperationName, given: Given) => Performed {
  const { config, secrets, clock, onReplaced } = options;
  const { profile, vars, allowInsecure } = config;
  const desk: DeskHttp = {
    name: profile.id,
    allowInsecure,
    clock,
    secrets: Object.values(secrets),
    forbidden: profile.forbidden,
    fetch: options.fetch,
    timeoutMs: options.timeoutMs,
  };
  return async (name, given) => {
    const operation = profile.operations[name];
    if (operation === null) {
      return fail(failure('desk.refused', `o perfil ${profile.id} não tem a operação ${name}`));
    }
    const now = String(Math.floor(clock.now() / second));
    const values: Values = new Map(Object.entries({ ...vars, ...secrets, ...given, now }));
    const request = render({ profile, name, values });
    if (!request.ok) return request;
    const { replaced, ...rest } = request.value;
    if (replaced.length > 0) onReplaced?.(replaced);
    // Every status comes back: what it means is the profile's to say, and only then the protocol's.
    const answer = await call(desk, { ...rest, accepts: everyStatus });
    if (!answer.ok) return answer;
    const judged = judge({ desk, operation, charset: profile.charset, answer: answer.value });
    return judged.kind === 'failed' ? fail(judged.failure) : ok(judged);
  };
}

const everyStatus: readonly number[] = Array.from({ length: 400 }, (_, index) => index + 200);

/** The values that `create` can use, as `names.ts` lists them. */
export function draftValues({ maps }: Profile, draft: DeskDraft): Given {
  const { customers, default: others } = maps.queue;
  return {
    incident: draft.incident,
    marker: markerOf(draft.incident),
    key: draft.key,
    title: draft.title,
    body: draft.body,
    priority: maps.priority[draft.priority],
    queue: (Object.hasOwn(customers, draft.customer) ? customers[draft.customer] : undefined) ?? others,
    customer: draft.customer,
    site: draft.site,
    detectedAt: toIso(draft.detectedAt),
    incidentUrl: draft.incidentUrl ?? '',
  };
}

/** How `find` or `read` reads records, and those of this answer. */
function readingOf(
  profile: Profile,
  name: 'find' | 'read',
  source: Source,
): Result<{ readonly rule: RecordRule; readonly sources: readonly Source[] }> {
  const operation = profile.operations[name];
  const rule = operation?.record;
  assert(operation !== null && rule !== undefined, `the profile's ${name} says how a record is read`);
  const sources = recordSources(rule, source);
  // The profile says how "there is none" looks, and this is not it: an empty list proves nothing here.
  if (sources.length === 0 && operation.answer.none !== undefined) {
    return fail(unreadable(profile, 'a resposta não traz nenhum chamado nem diz que não há'));
  }
  return ok({ rule, sources });
}

function readOne(profile: Profile, source: Source, protocol: string): Result<DeskRecord | undefined> {
  const reading = readingOf(profile, 'read', source);
  if (!reading.ok) return reading;
  const { rule, sources } = reading.value;
  for (const each of sources) {
    const record = recordOf({ profile, rule, source: each }, protocol);
    if (!record.ok || record.value.protocol === protocol) return record;
  }
  // One answer, about another record: whose it is cannot be told. A list without ours says that there is none.
  if (rule.each === undefined) return fail(unreadable(profile, 'a resposta fala de outro chamado'));
  return ok(undefined);
}

function unreadable({ id }: Profile, message: string): Failure {
  return uncertain(`${id}: ${message}`);
}
