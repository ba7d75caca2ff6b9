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
  /**
   * Performs one effect. The same key again must have the effect of once and give the same protocol.
   * Failures: `desk.refused` (a person must look, not retried), `desk.unavailable` (retried with backoff).
   */
  perform(effect: TicketEffect): Promise<Result<{ readonly protocol: string }>>;
  /** Looks a ticket up by the incident's id; undefined = there is none for certain. */
  find(incident: IncidentId): Promise<Result<DeskTicket | undefined>>;
  close(): Promise<void>;
}
