// Sign-ins on their way to a provider and back, and those that only lack the second factor. Each belongs to one browser (a
// cookie whose digest is kept here), works once, and ends after minutes. In memory: a restart asks people to begin again.
import { limits } from '../../../../shared/limits.ts';
import { type Instant, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { AttemptSecrets, ProvenIdentity } from '../../../ports/identity-provider.ts';
import { digestOf, newSecret, sameDigest } from './secret.ts';

export interface OidcAttempts {
  /** A new one; `browser` is for the cookie. */
  begin(): AttemptSecrets & { readonly browser: string };
  /** Uses it up, whoever asks; undefined: unknown, used, over, or another browser's. */
  take(state: string, browser: string | undefined): AttemptSecrets | undefined;
  /** The provider has proved who it is; gives the secret for the cookie. */
  waitForCode(identity: ProvenIdentity): string;
  /** Whose code is awaited; undefined: unknown or over. */
  waiting(secret: string): ProvenIdentity | undefined;
  /** The code was right. */
  done(secret: string): void;
}

interface Outstanding extends AttemptSecrets {
  readonly browserDigest: string;
  readonly endsAt: Instant;
}

export interface OidcAttemptsParts {
  readonly clock: Pick<Clock, 'now'>;
  /** One was given up because there were too many. */
  readonly onGivenUp: () => void;
}

export function createOidcAttempts({ clock, onGivenUp }: OidcAttemptsParts): OidcAttempts {
  // By the digests of what browsers send: looking one up takes no time that tells of another.
  const outstanding = new Map<string, Outstanding>();
  const codes = new Map<string, { readonly identity: ProvenIdentity; readonly endsAt: Instant }>();
  const keep = <T extends { readonly endsAt: Instant }>(all: Map<string, T>, key: string, one: T): void => {
    const now = clock.now();
    // Insertion order is age: what is over stands in front.
    for (const [old, { endsAt }] of all) {
      if (endsAt > now) break;
      all.delete(old);
    }
    all.set(key, one);
    const oldest = all.size > limits.oidcAttemptsMax ? all.keys().next().value : undefined;
    if (oldest === undefined) return;
    all.delete(oldest);
    onGivenUp();
  };
  return {
    begin: () => {
      const secrets = { state: newSecret(), nonce: newSecret(), verifier: newSecret() };
      const browser = newSecret();
      const endsAt = plus(clock.now(), limits.oidcAttemptMs);
      keep(outstanding, digestOf(secrets.state), { ...secrets, browserDigest: digestOf(browser), endsAt });
      return { ...secrets, browser };
    },
    take: (state, browser) => {
      const key = digestOf(state);
      const found = outstanding.get(key);
      outstanding.delete(key);
      if (found === undefined || found.endsAt <= clock.now() || browser === undefined) return undefined;
      if (!sameDigest(found.browserDigest, digestOf(browser))) return undefined;
      const { nonce, verifier } = found;
      return { state, nonce, verifier };
    },
    waitForCode: (identity) => {
      const secret = newSecret();
      keep(codes, digestOf(secret), { identity, endsAt: plus(clock.now(), limits.oidcAttemptMs) });
      return secret;
    },
    waiting: (secret) => {
      const found = codes.get(digestOf(secret));
      return found === undefined || found.endsAt <= clock.now() ? undefined : found.identity;
    },
    done: (secret) => {
      codes.delete(digestOf(secret));
    },
  };
}
