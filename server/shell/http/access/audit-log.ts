// Who did what: every unsafe request that was let in, and every sign-in, good or refused. Must never hold a password, a code
// or a token: of a request's body only fields named here are told.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { limits } from '../../../../shared/limits.ts';
import { type Instant, instant, minute, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Deed, NumberedDeed, PeopleStore } from '../../../ports/people.ts';
import type { Counter, Metrics } from '../metrics.ts';
import type { Caller } from './caller.ts';

export interface AuditLog {
  /** A request that was let in and is answered with this status. */
  request(request: FastifyRequest, caller: Caller, status: number): void;
  /** Something that has no caller yet: a sign-in, a set-up. */
  signIn(deed: Omit<Deed, 'at'>): void;
  /** Past `limits.auditRefusalsPerMinuteMax` refusals are only counted: a guesser must not push out what matters. */
  refusedSignIn(deed: Omit<Deed, 'at'>): void;
  page(query: { readonly limit: number; readonly before?: number }): readonly NumberedDeed[];
  stop(): void;
}

export interface AuditLogParts {
  readonly store: PeopleStore;
  readonly clock: Clock;
  /** As `Retention.agedAt`: a clock that was set wrong forgets nothing. */
  readonly agedAt: () => Instant | undefined;
  readonly metrics: Metrics;
}

export function createAuditLog({ store, clock, agedAt, metrics }: AuditLogParts): AuditLog {
  const dropped = metrics.counter(
    'vigia_audit_lines_dropped_total',
    'Lines of the audit log given up, by reason',
    {
      name: 'reason',
      values: ['old', 'overflow', 'flood'],
    },
  );
  const record = (deed: Omit<Deed, 'at'>): void => {
    store.record({ ...deed, detail: deed.detail.slice(0, limits.auditDetailCharsMax), at: clock.now() });
  };
  return {
    request: (request, caller, status) =>
      record({
        by: caller.by,
        via: caller.via,
        action: `${request.method} ${request.routeOptions.url ?? ''}`,
        object: request.url.split('?', 1)[0]?.slice(0, limits.auditDetailCharsMax) ?? '',
        detail: [String(status), ...toldFields(request.body)].join(' '),
        address: request.ip,
      }),
    signIn: record,
    refusedSignIn: createRefusals({ clock, record, dropped }),
    page: (query) => store.deeds(query),
    stop: startPruning({ store, clock, agedAt, dropped }),
  };
}

interface Refusals {
  readonly clock: Clock;
  readonly record: (deed: Omit<Deed, 'at'>) => void;
  readonly dropped: Counter;
}

function createRefusals({ clock, record, dropped }: Refusals): AuditLog['refusedSignIn'] {
  let endsAt: Instant = instant(0);
  let count = 0;
  return (deed) => {
    if (clock.now() >= endsAt) {
      endsAt = plus(clock.now(), minute);
      count = 0;
    }
    count += 1;
    if (count <= limits.auditRefusalsPerMinuteMax) record(deed);
    else dropped.add('flood');
  };
}

interface Pruning extends Pick<AuditLogParts, 'store' | 'clock' | 'agedAt'> {
  readonly dropped: Counter;
}

function startPruning({ store, clock, agedAt, dropped }: Pruning): () => void {
  let cancel: () => void = () => {};
  const prune = (): void => {
    const before = instant(Math.max(0, (agedAt() ?? 0) - limits.auditKeptMs));
    const { old, overflow } = store.pruneDeeds({ before, rowsMax: limits.auditRowsMax });
    dropped.add('old', old);
    dropped.add('overflow', overflow);
    cancel = clock.after(limits.auditPruneEveryMs, prune);
  };
  cancel = clock.after(limits.auditPruneEveryMs, prune);
  return () => cancel();
}

/** Fields that say what was done and hold no secret. */
const told = [
  'login',
  'name',
  'role',
  'customers',
  'disabled',
  'customer',
  'site',
  'host',
  'scope',
  'to',
  'protocol',
  'startsAt',
  'endsAt',
  'until',
  'expiresAt',
  'reason',
] as const;
/** Fields of which only is told that they were given. */
const unsaid = ['password', 'dropTotp', 'dropIdentity'] as const;

const bodySchema = z.record(z.string(), z.unknown());
/** Words and lists of words: `customers` of an inventory is a whole document and stays out. */
const shortSchema = z.union([
  z.string().max(limits.auditDetailCharsMax),
  z.boolean(),
  z.null(),
  z.array(z.string()).max(limits.customersPerPersonMax),
  z.record(z.string(), z.string()),
]);

function toldFields(body: unknown): readonly string[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return [];
  const fields = parsed.data;
  return [
    ...told.flatMap((key) => {
      const value = shortSchema.safeParse(fields[key]);
      return value.success ? [`${key}=${JSON.stringify(value.data)}`] : [];
    }),
    ...unsaid.filter((key) => fields[key] !== undefined).map((key) => `${key} given`),
  ];
}
