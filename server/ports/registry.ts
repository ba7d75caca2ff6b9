// Who may come in: agents' public keys, enrolment tokens, API tokens' digests, the inventory document. Durable, beside the journal.
import type { AgentId, SiteId } from '../../shared/ids.ts';
import type { InventoryDocument } from '../../shared/inventory/document.ts';
import type { Instant } from '../../shared/time.ts';

export interface AgentRecord {
  readonly id: AgentId;
  readonly site: SiteId;
  readonly host: string;
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
  readonly hostName: string;
  readonly enrolledAt: Instant;
  readonly revokedAt?: Instant;
}

export interface EnrolmentToken {
  /** SHA-256 of the token, hex. The token itself is never stored. */
  readonly digest: string;
  readonly site: SiteId;
  readonly host?: string;
  readonly usesLeft: number;
  readonly expiresAt: Instant;
}

export interface Registry {
  saveToken(token: EnrolmentToken): void;
  /**
   * Uses the token once and saves the agent, in one transaction. `undefined` when the token is unknown, expired or
   * used up. The same public key with the same token again gives the agent it already made (lost answer).
   */
  enrol(digest: string, now: Instant, make: (token: EnrolmentToken) => AgentRecord): AgentRecord | undefined;
  agent(id: AgentId): AgentRecord | undefined;
  agents(): readonly AgentRecord[];
  revoke(id: AgentId, at: Instant): boolean;
  /** The last imported document, for GET and for the difference report. */
  inventory(): InventoryDocument | undefined;
  saveInventory(document: InventoryDocument): void;
  close(): void;
}
