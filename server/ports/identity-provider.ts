// Somebody else who knows our people: an OpenID Connect provider. It is asked where to send a browser, and afterwards who came
// back. Whether that person may enter here is decided by the accounts, never by this port.
import type { Role } from '../../shared/api/people.ts';

/** Made anew for each attempt, each for one purpose; 43 characters of base64url or more. */
export interface AttemptSecrets {
  /** Comes back with the answer. */
  readonly state: string;
  /** Stands in the ID token. */
  readonly nonce: string;
  /** PKCE (RFC 7636): its digest goes with the browser, it goes with the code. */
  readonly verifier: string;
}

/** What a provider has proved about who came back. */
export interface ProvenIdentity {
  readonly issuer: string;
  /** Never given to anybody else by this issuer. */
  readonly subject: string;
  /** In lower case, a possible login; absent: none, or the provider does not vouch for it. */
  readonly email?: string;
  readonly name?: string;
  /** The highest that its claims are mapped to; absent: none of them is. */
  readonly role?: Role;
}

export type SentOut =
  | { readonly kind: 'to'; readonly url: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

export type CameBack =
  | { readonly kind: 'proven'; readonly identity: ProvenIdentity }
  /** The person, or the provider's own rules, said no. */
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** The answer, or the token, is not what it must be. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Reasons are for the log: they may quote the provider, never a secret or a token. Nothing here rejects. */
export interface IdentityProvider {
  /** As people call it: "Entrar com <name>". */
  readonly name: string;
  /** Claims decide roles, at each sign-in; false: roles are given here. */
  readonly mapsRoles: boolean;
  /** As people and the provider reach this server, without a slash at the end. */
  readonly publicUrl: string;
  sendOut(secrets: AttemptSecrets): Promise<SentOut>;
  /** `query` is what stands after the `?` of the address that the browser came back to. */
  comeBack(query: string, secrets: AttemptSecrets): Promise<CameBack>;
}

/** Where the provider sends people back to, below the public address. */
export const comeBackPath = '/sign-in/oidc/callback';
