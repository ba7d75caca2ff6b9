// The manual queue in memory, for tests. Must behave as the sqlite store does; the contract holds them equal.
import { assert } from '../../../shared/assert.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok } from '../../../shared/result.ts';
import { priorities } from '../../../shared/words.ts';
import type { ManualAnswer, ManualItem, ManualQueue, ManualTicket } from '../../ports/manual-queue.ts';

export function createMemoryManualQueue(): ManualQueue {
  const items = new Map<EffectKey, ManualItem>();
  const answers: ManualAnswer[] = [];
  const tickets = new Map<IncidentId, ManualTicket>();
  const answerOf = (key: EffectKey): ManualAnswer | undefined => answers.findLast((each) => each.key === key);
  const unheard = new Set<EffectKey>();
  const settle = (answer: ManualAnswer): ManualAnswer => {
    if (items.get(answer.key)?.reason === 'uncertain') unheard.add(answer.key);
    items.delete(answer.key);
    answers.push(answer);
    return answer;
  };
  const opening = (incident: IncidentId): ManualItem | undefined =>
    [...items.values()].find((each) => each.incident === incident && each.task === 'ticket.open');
  const wait = (item: ManualItem): void => {
    if (items.has(item.key)) return;
    if (item.reason === 'manual' && answerOf(item.key) !== undefined) return;
    items.set(item.key, item);
  };
  return {
    wait,
    item: (key) => items.get(key),
    withdraw: (key) => items.delete(key),
    waiting: () => ({ items: pageOf(items.values()), total: items.size }),
    register: (incident, { protocol, by, at }) => {
      const item = opening(incident);
      const known = [...tickets.values()];
      const refused = refusalOf({ incident, protocol, item, tickets: known });
      const existing = tickets.get(incident);
      if (refused !== undefined) {
        const last = answers.findLast((each) => each.incident === incident && each.kind === 'registered');
        return existing?.protocol === protocol && item?.reason !== 'uncertain' && last !== undefined
          ? ok(last)
          : fail(refused);
      }
      assert(item !== undefined, 'what is not refused waits to be opened');
      tickets.set(incident, { incident, protocol, title: item.title, open: true });
      return ok(settle({ key: item.key, incident, kind: 'registered', protocol, by, at }));
    },
    done: (key, { by, at }) => {
      const item = items.get(key);
      if (item === undefined || item.task === 'ticket.open') return undefined;
      const ticket = tickets.get(item.incident);
      if (ticket !== undefined) tickets.set(item.incident, changedBy(ticket, item));
      return settle({ key, incident: item.incident, kind: 'done', by, at });
    },
    sendAgain: (key, { by, at }) => {
      const item = items.get(key);
      if (item === undefined || item.reason !== 'uncertain') return undefined;
      return settle({ key, incident: item.incident, kind: 'send-again', by, at });
    },
    answer: answerOf,
    unheard: (key) => (unheard.has(key) ? answerOf(key) : undefined),
    heard: (key) => void unheard.delete(key),
    history: (incident) => answers.filter((each) => each.incident === incident),
    ticket: (incident) => tickets.get(incident),
    close: () => {},
  };
}

interface Registration {
  readonly incident: IncidentId;
  readonly protocol: string;
  /** The opening that waits, if one does. */
  readonly item: ManualItem | undefined;
  readonly tickets: readonly ManualTicket[];
}

function refusalOf({ incident, protocol, item, tickets }: Registration): Failure | undefined {
  const existing = tickets.find((each) => each.incident === incident);
  if (existing !== undefined && item?.reason !== 'uncertain') {
    return failure('conflict', `o incidente já tem o chamado ${existing.protocol}`);
  }
  if (item === undefined) return failure('not-found', 'nenhum chamado deste incidente espera registro');
  const other = tickets.find((each) => each.protocol === protocol && each.incident !== incident);
  return other && failure('conflict', `o protocolo ${protocol} já é do incidente ${other.incident}`);
}

function changedBy(ticket: ManualTicket, { task, raise }: ManualItem): ManualTicket {
  const title = raise?.title ?? ticket.title;
  if (task === 'ticket.note') return { ...ticket, title };
  return { ...ticket, open: task === 'ticket.reopen' };
}

function pageOf(items: Iterable<ManualItem>): readonly ManualItem[] {
  return [...items].sort(compareItems).slice(0, limits.manualQueuePageMax);
}

function compareItems(a: ManualItem, b: ManualItem): number {
  const urgency = priorities.indexOf(a.priority) - priorities.indexOf(b.priority);
  if (urgency !== 0) return urgency;
  return a.since - b.since || (a.key < b.key ? -1 : 1);
}
