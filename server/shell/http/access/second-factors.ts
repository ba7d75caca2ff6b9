// Setting up and taking away the second factor of one's own account. A new secret counts only when a code of it was typed
// back: nobody locks himself out with a telephone that did not scan. Offers live in memory, for ten minutes.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Roll } from './accounts.ts';
import { newRecoveryCodes, newTotpSecret, stepOfCode, totpUri } from './totp.ts';

export interface SecondFactors {
  /** Fails with `conflict` when there is one already. */
  offerTotp(login: string): Result<{ readonly secret: string; readonly uri: string }>;
  /** Ten recovery codes, shown once. Fails with `conflict` (nothing was offered) or `auth.refused`. */
  confirmTotp(login: string, code: string): Result<readonly string[]>;
  /** Fails with `auth.refused`, `limit.reached`, or `conflict` when there is none. */
  removeTotp(login: string, password: string): Promise<Result<void>>;
}

interface Parts {
  readonly clock: Pick<Clock, 'now'>;
  readonly roll: Roll;
  readonly ownPassword: (login: string, password: string) => Promise<Result<void>>;
}

interface Offer {
  readonly secret: string;
  readonly endsAt: Instant;
}

export function createSecondFactors({ clock, roll, ownPassword }: Parts): SecondFactors {
  const offers = new Map<string, Offer>();
  return {
    offerTotp: (login) => {
      if (roll.get(login)?.totp !== undefined)
        return fail(failure('conflict', 'there is a second factor already; remove it first'));
      const secret = newTotpSecret();
      offers.delete(login);
      offers.set(login, { secret, endsAt: plus(clock.now(), limits.totpOfferMs) });
      const oldest = offers.size > limits.totpOffersMax ? offers.keys().next().value : undefined;
      if (oldest !== undefined) offers.delete(oldest);
      return ok({ secret, uri: totpUri(login, secret) });
    },
    confirmTotp: (login, code) => {
      const offer = offers.get(login);
      const person = roll.get(login);
      const now = clock.now();
      if (offer === undefined || offer.endsAt <= now || person === undefined || person.totp !== undefined)
        return fail(failure('conflict', 'no second factor is being set up; begin again'));
      const step = stepOfCode(offer.secret, code, now);
      if (step === undefined) return fail(failure('auth.refused', 'this code is wrong'));
      const { codes, digests } = newRecoveryCodes();
      roll.replace({ ...person, totp: { secret: offer.secret, lastStep: step, recovery: digests } });
      offers.delete(login);
      return ok(codes);
    },
    removeTotp: async (login, password) => {
      const right = await ownPassword(login, password);
      if (!right.ok) return right;
      const person = roll.get(login);
      if (person?.totp === undefined) return fail(failure('conflict', 'there is no second factor'));
      const { totp: _gone, ...without } = person;
      roll.replace(without);
      return ok(undefined);
    },
  };
}
