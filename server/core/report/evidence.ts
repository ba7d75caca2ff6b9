// Which inputs of the journal speak of one incident, and what each of them said, reduced to that incident. A dossier tells
// these and nothing of other links, machines or customers. Reads only.
import type { DossierEntry } from '../../../shared/api/dossier.ts';
import type { AgentId } from '../../../shared/ids.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { StateChange } from '../../../shared/wire/messages.ts';
import { type Change, isIncidentChange } from '../change.ts';
import type { Incident } from '../incident.ts';
import type { Input, InputKind, NumberedInput } from '../input.ts';
import type { Site } from '../topology.ts';
import { canonicalJson } from './canonical-json.ts';
import { type DossierWords, dossierSentence } from './dossier-words.ts';
import { nameOf, statementOf } from './statement.ts';

export interface EvidenceQuestion {
  readonly incident: Incident;
  /** Of its site: id to the host it runs on. */
  readonly agents: ReadonlyMap<AgentId, string>;
  readonly words: DossierWords;
  /** Of the incident; undefined: it has left the inventory. */
  readonly place: Site | undefined;
  /** The dossier is of this link: what was told of the site's other links stays out. Undefined: of the whole incident. */
  readonly link: string | undefined;
}

/** Undefined: it says nothing of the incident. `number` is its place in the dossier. */
export function evidenceOf(
  { input: { seq, input }, changes }: { readonly input: NumberedInput; readonly changes: readonly Change[] },
  number: number,
  question: EvidenceQuestion,
): DossierEntry | undefined {
  const { incident, words } = question;
  const concluded = changes.filter(isIncidentChange).findLast((change) => change.incident.id === incident.id);
  const reduced = reducedInput(input, question);
  if (reduced === undefined && concluded === undefined) return undefined;
  const told = reduced ?? { who: 'vigia', data: { kind: input.kind } };
  return {
    number,
    seq,
    at: toIso(input.at),
    who: told.who,
    kind: input.kind,
    text: dossierSentence(input.kind, told, words),
    data: canonicalJson(told.data),
    concluded: concluded === undefined ? null : conclusionOf(concluded.incident),
  };
}

function conclusionOf(incident: Incident): DossierEntry['concluded'] {
  const { state, kind, cause, outageSince, recoveredAt, downtimeMs, ticket } = incident;
  return {
    state,
    kind,
    cause,
    outageSince: isoOrNull(outageSince),
    recoveredAt: isoOrNull(recoveredAt),
    downtimeMs,
    protocol: ticket?.protocol ?? null,
  };
}

export interface ToldInput {
  /** The host of an agent, a person's name, or `vigia`. */
  readonly who: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Names for the sentence. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Whether `reducedInput` below may make evidence of an input of this kind. */
const tells: Readonly<Record<InputKind, boolean>> = {
  'server.started': true,
  'anchors.measured': true,
  'address.measured': true,
  'session.opened': true,
  'session.closed': true,
  'goodbye.said': true,
  'agent.suspected': true,
  'agent.silent': true,
  'agent.heard': true,
  'changes.received': true,
  'ticket.reported': true,
  'incident.acknowledged': true,
  'incident.noted': true,
  'incident.resolvedByPerson': true,
  'incident.reopenedByPerson': true,
  'incident.assigned': true,
  'incident.paused': true,
  'incident.resumed': true,
  'incident.escalated': true,
  'desk.told': true,
  'inventory.imported': false,
  'planned.told': false,
  'tickets.configured': false,
  'agent.enrolled': false,
  'agent.revoked': false,
  'agent.cloned': false,
  'time.advanced': false,
};

/**
 * What retention must leave of an entry: `concluded` are the changes that a dossier reads. False: no dossier ever reads it.
 * Of a kind of a newer release everything is left.
 */
export function mayBeEvidence(kind: InputKind, concluded: number): boolean {
  return concluded > 0 || (Object.hasOwn(tells, kind) ? tells[kind] : true);
}

/** What of the input concerns the incident; undefined: nothing. */
function reducedInput(input: Input, question: EvidenceQuestion): ToldInput | undefined {
  const { incident, agents, place } = question;
  switch (input.kind) {
    case 'server.started':
      return { who: 'vigia', data: { kind: input.kind, release: input.release } };
    case 'anchors.measured':
      return { who: 'vigia', data: { ...input }, names: { answer: input.reachable ? 'yes' : 'no' } };
    case 'address.measured':
      return reducedAddress(input, question);
    case 'session.opened':
    case 'session.closed':
    case 'goodbye.said':
    case 'agent.suspected':
    case 'agent.silent':
    case 'agent.heard': {
      const host = agents.get(input.agent);
      // Sessions and machine marks are secrets of the wire, no evidence.
      return host === undefined || !concernsHost(incident, host)
        ? undefined
        : {
            who: host,
            data: { ...input, session: undefined, machine: undefined },
            names: { host: nameOf(place?.hosts, host) },
          };
    }
    case 'changes.received':
      return reducedChanges(input, question);
    case 'ticket.reported':
      return input.incident === incident.id
        ? { who: input.desk, data: { ...input }, names: { outcome: input.outcome.kind } }
        : undefined;
    case 'incident.acknowledged':
    case 'incident.noted':
    case 'incident.resolvedByPerson':
    case 'incident.reopenedByPerson':
    case 'incident.assigned':
    case 'incident.paused':
    case 'incident.resumed':
    case 'desk.told':
      return input.incident === incident.id ? { who: input.by, data: { ...input } } : undefined;
    case 'incident.escalated':
      return input.incident === incident.id
        ? { who: 'vigia', data: { ...input }, names: { to: input.to } }
        : undefined;
    case 'inventory.imported':
    case 'planned.told':
    case 'tickets.configured':
    case 'agent.enrolled':
    case 'agent.revoked':
    case 'agent.cloned':
    case 'time.advanced':
      return undefined;
    default:
      return unknownKind(input);
  }
}

/** A journal of a newer release may hold kinds that this one does not know; they are no evidence it can read. */
function unknownKind(_input: never): undefined {
  return undefined;
}

function reducedAddress(
  input: Extract<Input, { readonly kind: 'address.measured' }>,
  question: EvidenceQuestion,
): ToldInput | undefined {
  if (input.site !== question.incident.site || !isOwnLink(input.link, question)) return undefined;
  const link = nameOf(question.place?.links, input.link);
  return { who: 'vigia', data: { ...input }, names: { link, answer: input.answers ? 'yes' : 'no' } };
}

function reducedChanges(
  input: Extract<Input, { readonly kind: 'changes.received' }>,
  question: EvidenceQuestion,
): ToldInput | undefined {
  const host = question.agents.get(input.agent);
  if (host === undefined) return undefined;
  const items = input.items.filter((item) => isAbout(item, question, host));
  if (items.length === 0) return undefined;
  const said = items.map((item) => statementOf(item, question)).join('; ');
  return {
    who: host,
    data: { ...input, remaining: undefined, items },
    names: { host: nameOf(question.place?.hosts, host), said },
  };
}

function isAbout(item: StateChange, question: EvidenceQuestion, host: string): boolean {
  const { incident } = question;
  switch (item.kind) {
    case 'link.changed':
      return incident.host === undefined && isOwnLink(item.link, question);
    case 'host.changed':
      return incident.link === undefined && (incident.host === undefined || incident.host === item.host);
    case 'run.started':
    case 'run.explained':
      return incident.link === undefined && (incident.host === undefined || incident.host === host);
    default:
      return false;
  }
}

/** Of a link's incident, and of one link's dossier, only that link; of a whole site all of them. */
function isOwnLink(key: string, { incident, link = incident.link }: EvidenceQuestion): boolean {
  return link === undefined || link === key;
}

/** Of a machine's incident only its own agent; of a link or a site all agents there. */
function concernsHost({ host }: Incident, agentHost: string): boolean {
  return host === undefined || host === agentHost;
}

function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}
