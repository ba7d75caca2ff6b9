// The people who sign in, the tokens of programs, and the audit log of what both did. Durable, in a file of its own. Knows
// digests and hashes only: no password, token or recovery code ever comes here in the clear.
import type { Customers, Role, SignInWay } from '../../shared/api/people.ts';
import type { Instant } from '../../shared/time.ts';

/** Of a second factor that was confirmed. */
export interface Totp {
  /** Base32. The one secret that must be kept as it is: codes are worked out from it. */
  readonly secret: string;
  /** The last 30 s step whose code was used: no code works twice. */
  readonly lastStep: number;
  /** SHA-256 of the recovery codes not yet used. */
  readonly recovery: readonly string[];
}

/** An account at an OpenID Connect provider: the two together are never given to anybody else. */
export interface OutsideIdentity {
  readonly issuer: string;
  readonly subject: string;
}

export interface Person {
  /** Lower case; never changes, because timelines and the audit log speak of it. */
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly customers: Customers;
  /** As `access/passwords.ts` writes it; absent: signs in by another way only. */
  readonly passwordHash?: string;
  readonly totp?: Totp;
  /** Who it is elsewhere, from the first sign-in by OpenID Connect on. */
  readonly identity?: OutsideIdentity;
  readonly disabled: boolean;
  readonly createdAt: Instant;
  readonly lastSignInAt?: Instant;
}

export interface ApiToken {
  readonly id: string;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly name: string;
  readonly role: Role;
  readonly customers: Customers;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly expiresAt?: Instant;
  readonly lastUsedAt?: Instant;
}

/** One line of the audit log. */
export interface Deed {
  readonly at: Instant;
  readonly by: string;
  readonly via?: SignInWay;
  readonly action: string;
  readonly object: string;
  readonly detail: string;
  readonly address: string;
}

export interface NumberedDeed extends Deed {
  readonly id: number;
}

export interface PeopleStore {
  /** By login. */
  people(): readonly Person[];
  /** False when the login is taken. From the first person on `hadPeople` is true for ever. */
  addPerson(person: Person): boolean;
  /** False when there is none. */
  replacePerson(person: Person): boolean;
  removePerson(login: string): boolean;
  /** There is or was a person: first-run set-up is over, also when all were deleted. */
  hadPeople(): boolean;
  /** By id. */
  tokens(): readonly ApiToken[];
  /** False when id or digest is taken. */
  addToken(token: ApiToken): boolean;
  touchToken(id: string, at: Instant): boolean;
  removeToken(id: string): boolean;
  /** Appends; lines are never changed. On disk when it returns. */
  record(deed: Deed): NumberedDeed;
  /** Newest first, at most `limit`, only ids below `before`. */
  deeds(query: { readonly limit: number; readonly before?: number }): readonly NumberedDeed[];
  /** Deletes lines older than `before` and, of the rest, the oldest beyond `rowsMax`; gives how many of each. */
  pruneDeeds(query: { readonly before: Instant; readonly rowsMax: number }): {
    readonly old: number;
    readonly overflow: number;
  };
  close(): void;
}
