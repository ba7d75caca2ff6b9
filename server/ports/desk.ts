// A desk: the outside ticket system. Each adapter has its own folder, configuration schema and failure mapping, and
// runs the shared contract suite.
import type { IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { TicketEffect } from '../core/effect.ts';

export interface DeskTicket {
  readonly protocol: string;
  readonly incident: IncidentId;
  readonly title: string;
  readonly open: boolean;
}

export interface Desk {
  /** Short name shown beside the protocol: `local`, `redmine`. */
  readonly name: string;
  /** At most so many effects at once; absent: as many as the worker likes. */
  readonly placesMax?: number;
  /**
   * Performs one effect. The same key again must have the effect of once and give the same protocol.
   * Failures: `desk.refused` (a person must look, not retried); `desk.held` (a person must look before it goes on);
   * `desk.unavailable`, `desk.uncertain`, `desk.unauthorised` (the desk is away or does not know us: retried with
   * backoff); `desk.limited` (the whole desk is left alone for `retryAfterMs`); `limit.reached`, `conflict` (nothing was
   * asked: this effect again after `retryAfterMs`).
   */
  perform(effect: TicketEffect): Promise<Result<{ readonly protocol: string }>>;
  /** Looks a ticket up by the incident's id; undefined = there is none for certain. */
  find(incident: IncidentId): Promise<Result<DeskTicket | undefined>>;
  /** Whether it answers and takes our credential, now; absent: it is part of this program. */
  probe?(): Promise<Result<void>>;
  close(): Promise<void>;
}
