// Who is signed in at the console: one-time links become sessions, sessions live 12 hours and survive a restart of the
// server. Keeps digests only. Must never say whether a link was wrong, used or expired: the answer is the same.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { digestOf, findDigest, newSecret } from './secret.ts';
import type { SessionFile, SignInEntry } from './session-file.ts';

export interface SignIn {
  /** A new one-time link's token for this person; lives `limits.signInLinkMs`. */
  newLink(by: string): { readonly token: string; readonly expiresAt: Instant };
  /** Uses a link up. Fails with `auth.refused`. */
  redeem(token: string): Result<{ readonly session: string; readonly by: string }>;
  /** Who holds this session; undefined when it is unknown or over. */
  session(secret: string): { readonly by: string; readonly expiresAt: Instant } | undefined;
  end(secret: string): void;
}

export function createSignIn(clock: Clock, file: SessionFile): SignIn {
  let { sessions, links } = file.load();
  const save = (): void => {
    const now = clock.now();
    sessions = alive(sessions, now, limits.consoleSessionsMax);
    links = alive(links, now, limits.signInLinksMax);
    file.save({ sessions, links });
  };
  const entry = (secret: string, by: string, lifeMs: number): SignInEntry => ({
    digest: digestOf(secret),
    by,
    expiresAt: plus(clock.now(), lifeMs),
  });
  return {
    newLink: (by) => {
      const token = newSecret();
      const link = entry(token, by, limits.signInLinkMs);
      links = [...links, link];
      save();
      return { token, expiresAt: link.expiresAt };
    },
    redeem: (token) => {
      const link = findDigest(links, digestOf(token));
      if (link === undefined || link.expiresAt <= clock.now()) {
        return fail(failure('auth.refused', 'this sign-in link is wrong, used or expired'));
      }
      const session = newSecret();
      links = links.filter((each) => each !== link);
      sessions = [...sessions, entry(session, link.by, limits.consoleSessionMs)];
      save();
      return ok({ session, by: link.by });
    },
    session: (secret) => {
      const found = findDigest(sessions, digestOf(secret));
      return found === undefined || found.expiresAt <= clock.now() ? undefined : found;
    },
    end: (secret) => {
      const found = findDigest(sessions, digestOf(secret));
      if (found === undefined) return;
      sessions = sessions.filter((each) => each !== found);
      save();
    },
  };
}

/** Past the limit the oldest go: a flood of links must not lock the newest out. */
function alive(entries: readonly SignInEntry[], now: Instant, max: number): readonly SignInEntry[] {
  return entries.filter((each) => each.expiresAt > now).slice(-max);
}
