// What every probe looks like: one question, one answer. The runner asks through this shape only, so that a test can
// stand in for a network. Types only.
import type { PingAnswer, PingRequest } from '../../shared/icmp/icmp.ts';

export type ProbeRequest = PingRequest;
export type ProbeAnswer = PingAnswer;

/** Never rejects; answers at `timeoutMs` at the latest (a stalled event loop apart). */
export type Probe = (request: ProbeRequest) => Promise<ProbeAnswer>;

/** What the HTTP 204 page said. */
export interface PageAnswer {
  readonly http: 'no-content' | 'redirected' | 'failed';
  readonly rttMs?: number;
  readonly local?: 'no-address' | 'no-route' | 'interface-down';
}

export type PageProbe = (request: ProbeRequest) => Promise<PageAnswer>;
