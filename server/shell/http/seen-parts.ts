// What the routes are given for a caller who may see some customers only: every source they read from, cut to those
// customers. A route that reads through `seenBy` cannot tell such a caller more, and what is another customer's looks
// exactly like what does not exist. Must never be handed to a route that is about the whole server.
import type { FastifyRequest } from 'fastify';
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail } from '../../../shared/result.ts';
import type { Incident } from '../../core/incident.ts';
import { type Seen, seenOf } from '../../core/view/seen.ts';
import type { IncidentQuery } from '../../ports/journal.ts';
import type { ManualQueue } from '../../ports/manual-queue.ts';
import type { Registry } from '../../ports/registry.ts';
import type { HttpParts, RouteParts } from './parts.ts';

/** The parts as the caller of a request may see them; the same object for the same scope, so that work can be shared. */
export function createSeenBy(whole: () => RouteParts): RouteParts['seenBy'] {
  const made = new Map<string, RouteParts>();
  return (request: FastifyRequest) => {
    const parts = whole();
    const { customers } = parts.guard.caller(request);
    if (customers === null) return parts;
    const seen = seenOf(customers);
    const known = made.get(seen.key) ?? { ...parts, ...cutParts(parts, seen) };
    // The one used last goes to the end: the front is given up.
    made.delete(seen.key);
    made.set(seen.key, known);
    const oldest = made.size > limits.seenScopesMax ? made.keys().next().value : undefined;
    if (oldest !== undefined) made.delete(oldest);
    return known;
  };
}

type CutParts = Pick<
  HttpParts,
  'correlator' | 'journal' | 'registry' | 'series' | 'planned' | 'desk' | 'manual' | 'channels'
>;

function cutParts(parts: HttpParts, seen: Seen): CutParts & { readonly seen: Seen } {
  const { correlator, series, planned, desk, manual } = parts;
  return {
    seen,
    correlator: {
      state: () => seen.state(correlator.state()),
      submit: (input) => correlator.submit(input),
      onCommitted: (listener) => correlator.onCommitted(listener),
      onHint: (listener) => correlator.onHint(listener),
    },
    journal: cutJournal(parts, seen),
    registry: cutRegistry(parts.registry, seen),
    series: {
      read: (query) => (seen.site(query.site) ? series.read(query) : []),
      presence: (query) => (seen.site(query.site) ? series.presence(query) : []),
    },
    planned: {
      windows: () => planned.windows().filter(({ scope }) => seen.customer(scope.customer)),
      silences: () => planned.silences().filter(({ scope }) => seen.customer(scope.customer)),
      addWindow: (window) => planned.addWindow(window),
      removeWindow: (window) => planned.removeWindow(window),
      addSilence: (silence) => planned.addSilence(silence),
      removeSilence: (silence) => planned.removeSilence(silence),
      next: (window) => planned.next(window),
      hidden: (plan) => planned.hidden(plan),
      stop: () => {},
    },
    desk: { facts: () => seen.desk(desk.facts()), deliveriesOf: (incident) => desk.deliveriesOf(incident) },
    manual: manual && { ...manual, queue: cutQueue(parts, manual.queue, seen) },
    channels: undefined,
  };
}

function cutJournal({ journal }: HttpParts, seen: Seen): HttpParts['journal'] {
  const maybe = (found: Incident | undefined): Incident | undefined =>
    found === undefined ? undefined : seen.incident(found);
  return {
    incident: (id) => maybe(journal.incident(id)),
    incidentByProtocol: (protocol) => {
      const found = maybe(journal.incidentByProtocol(protocol));
      // A shared incident is shown without its ticket, so it is not found by it either.
      return found?.ticket === undefined ? undefined : found;
    },
    incidents: (query) => cutIncidents(query, { journal, seen }),
    // Of the dossier, which reads the evidence of an incident that was found above, by that site's agents.
    evidence: (afterSeq) => journal.evidence(afterSeq),
  };
}

interface Cutting {
  readonly journal: HttpParts['journal'];
  readonly seen: Seen;
}

/** Each customer's own, newest first, and the shared ones among them. */
function cutIncidents(query: IncidentQuery, { journal, seen }: Cutting): readonly Incident[] {
  const wanted = query.customer === undefined ? seen.customers : [query.customer];
  const own = wanted.filter(seen.customer).flatMap((customer) => journal.incidents({ ...query, customer }));
  const whole = query.customer === undefined && query.site === undefined && query.withTicket === undefined;
  const shared = (['provider-outage', 'own-outage'] as const)
    .filter((kind) => whole && (query.kind === undefined || query.kind === kind))
    .flatMap((kind) => journal.incidents({ ...query, kind, limit: limits.listRowsMax }))
    .filter(({ site }) => site === undefined);
  return [...own, ...shared]
    .flatMap((incident) => seen.incident(incident) ?? [])
    .sort((a, b) => b.detectedAt - a.detectedAt || (a.id < b.id ? 1 : -1))
    .slice(0, query.limit);
}

function cutRegistry(registry: Registry, seen: Seen): Registry {
  const agents = () => registry.agents().filter(({ site }) => seen.site(site));
  return {
    agents,
    agent: (id) => {
      const found = registry.agent(id);
      return found !== undefined && seen.site(found.site) ? found : undefined;
    },
    inventory: () => {
      const document = registry.inventory();
      if (document === undefined) return undefined;
      const customers = document.customers.filter(({ key }) => seen.customer(key));
      const used = new Set(
        customers.flatMap(({ sites }) => sites.flatMap(({ links }) => links.map(({ provider }) => provider))),
      );
      return { ...document, customers, providers: document.providers.filter(({ key }) => used.has(key)) };
    },
    saveToken: (token) => registry.saveToken(token),
    enrol: (digest, now, make) => registry.enrol(digest, now, make),
    revoke: (id, at) => registry.revoke(id, at),
    saveInventory: (document) => registry.saveInventory(document),
    close: () => {},
  };
}

/** `total` counts what is listed: the whole count would tell of others. */
function cutQueue({ journal }: HttpParts, queue: ManualQueue, seen: Seen): ManualQueue {
  const own = (id: Incident['id']): boolean => {
    const site = journal.incident(id)?.site;
    return site !== undefined && seen.site(site);
  };
  return {
    wait: (item) => queue.wait(item),
    item: (key) => {
      const item = queue.item(key);
      return item !== undefined && own(item.incident) ? item : undefined;
    },
    withdraw: (key) => queue.withdraw(key),
    waiting: () => {
      const items = queue.waiting().items.filter((item) => own(item.incident));
      return { items, total: items.length };
    },
    register: (incident, said) => {
      if (!own(incident)) return fail(failure('not-found', 'nenhum chamado deste incidente espera registro'));
      const registered = queue.register(incident, said);
      // Whose the protocol is already may be another customer's incident.
      return registered.ok || registered.failure.code !== 'conflict'
        ? registered
        : fail(failure('conflict', 'este protocolo ou este incidente já tem registro'));
    },
    done: (key, said) => queue.done(key, said),
    sendAgain: (key, said) => queue.sendAgain(key, said),
    answer: (key) => queue.answer(key),
    unheard: (key) => queue.unheard(key),
    heard: (key) => queue.heard(key),
    history: (incident) => (own(incident) ? queue.history(incident) : []),
    ticket: (incident) => (own(incident) ? queue.ticket(incident) : undefined),
    close: () => {},
  };
}
