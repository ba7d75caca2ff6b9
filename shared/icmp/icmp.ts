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
  /** 1..255; the router where it dies says so (`expired`). Default: the system's. */
  readonly ttl?: number;
  /** Bytes of payload, 32..1472; default 32. An answer may carry less of it (some anchors cut it short). */
  readonly payloadBytes?: number;
}

/** The request could not even leave this machine. */
export type LocalFailure = 'no-address' | 'no-route' | 'interface-down';

export type PingAnswer =
  | { readonly kind: 'answered'; readonly rttMs: number }
  /** No answer in time. A router's "destination unreachable" counts as that too. */
  | { readonly kind: 'lost' }
  /** Only with `ttl`: the probe died on its way, and this router said so. */
  | { readonly kind: 'expired'; readonly from: string; readonly rttMs: number }
  | { readonly kind: 'local'; readonly local: LocalFailure }
  /** Nothing was sent: a limit, no right, or no such address. It says NOTHING about the target; never count it as lost. */
  | { readonly kind: 'unasked'; readonly reason: UnaskedReason };

export type UnaskedReason = 'not-an-address' | 'limit' | 'refused-by-system' | 'closed';

export interface IcmpCounters {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  /** Probes with a `ttl` of their own that a router on the way spoke up for. */
  readonly expired: number;
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
