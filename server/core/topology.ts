// The inventory as the core reads it: flat, by site. Enters as an input; nothing here is measured.
import type { CustomerKey, SiteId } from '../../shared/ids.ts';
import type { HostRole, LinkRole, Plan } from '../../shared/words.ts';

/** `document` = imported inventory; `embedded` = this machine's own site, untouched by imports. */
export type TopologyOrigin = 'document' | 'embedded';

export interface Provider {
  readonly key: string;
  readonly name: string;
  readonly supportPhone?: string;
}

export interface SiteLink {
  readonly key: string;
  readonly name: string;
  readonly provider: string;
  readonly role: LinkRole;
  readonly publicAddress?: string;
  readonly gateway?: string;
  readonly source?: string;
  readonly interface?: string;
  readonly circuit?: string;
  readonly firstHop?: string;
  /** From when on it counts as degraded; absent: the default. */
  readonly quality?: {
    readonly lossPercent?: number;
    readonly latencyMs?: number;
    readonly jitterMs?: number;
  };
}

export interface SiteHost {
  readonly key: string;
  readonly name: string;
  readonly address?: string;
  readonly role: HostRole;
  readonly parent?: string;
}

export interface Site {
  readonly id: SiteId;
  readonly key: string;
  readonly name: string;
  readonly customer: CustomerKey;
  readonly customerName: string;
  readonly plan: Plan;
  readonly city: string;
  readonly state: string;
  readonly timeZone: string;
  readonly origin: TopologyOrigin;
  readonly links: readonly SiteLink[];
  readonly hosts: readonly SiteHost[];
}

export interface Topology {
  readonly revision: number;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sites: ReadonlyMap<SiteId, Site>;
}
