// What the ICMP room offers: one ping, asked and answered. Both the agent's probes and the server's outside-in prober
// stand on it. Nothing here does I/O.

export interface PingRequest {
  /** IPv4 or IPv6 text; link-local with its zone (`fe80::1%eth0`). Never a name. */
  readonly address: string;
  /** Leave with this local address. */
  readonly source?: string;
  /** Leave by this interface (Linux only). */
  readonly interface?: string;
  /** 1..60000. */
  readonly timeoutMs: number;
}

/** The request could not even leave this machine. */
export type LocalFailure = 'no-address' | 'no-route' | 'interface-down';

export type PingAnswer =
  | { readonly kind: 'answered'; readonly rttMs: number }
  /** No answer in time. A router's "destination unreachable" counts as that too. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'local'; readonly local: LocalFailure }
  /** Nothing was sent: a limit, no right, or no such address. It says NOTHING about the target; never count it as lost. */
  | { readonly kind: 'unasked'; readonly reason: UnaskedReason };

export type UnaskedReason = 'not-an-address' | 'limit' | 'refused-by-system' | 'closed';

export interface IcmpCounters {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly local: number;
  readonly unasked: number;
}

export interface Icmp {
  /** Never rejects. */
  ping(request: PingRequest): Promise<PingAnswer>;
  counters(): IcmpCounters;
  /** What is outstanding is answered `unasked` with reason `closed`. */
  close(): void;
}
