// Who is signed in at the console: one-time links and accounts become sessions, sessions live 12 hours and survive a restart
// of the server. Keeps digests only. Must never say whether a link was wrong, used or expired: the answer is the same.
import type { SignInWay } from '../../../../shared/api/people.ts';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { digestOf, findDigest, newSecret } from './secret.ts';
import type { SessionFile, SignInEntry } from './session-file.ts';

export interface SignedIn {
  /** As it appears in timelines. */
  readonly by: string;
  readonly via: SignInWay;
  /** Absent: no account behind it. */
  readonly login?: string | undefined;
}

export interface SignIn {
  /** A new one-time link's token for this person; lives `limits.signInLinkMs`. */
  newLink(by: string): { readonly token: string; readonly expiresAt: Instant };
  /** Uses a link up. Fails with `auth.refused`. */
  redeem(token: string): Result<{ readonly session: string; readonly by: string }>;
  /** A session for somebody whose credentials were good; gives its secret. */
  start(who: SignedIn): string;
  /** Who holds this session; undefined when it is unknown or over. */
  session(secret: string): (SignedIn & { readonly expiresAt: Instant }) | undefined;
  end(secret: string): void;
  /** Every session of this account. */
  endAllOf(login: string): void;
}

export function createSignIn(clock: Clock, file: SessionFile): SignIn {
  let { sessions, links } = file.load();
  const save = (): void => {
    const now = clock.now();
    sessions = alive(sessions, now, limits.consoleSessionsMax);
    links = alive(links, now, limits.signInLinksMax);
    file.save({ sessions, links });
  };
  const entry = (secret: string, { by, via, login }: SignedIn, lifeMs: number): SignInEntry => ({
    digest: digestOf(secret),
    by,
    via,
    ...(login === undefined ? {} : { login }),
    expiresAt: plus(clock.now(), lifeMs),
  });
  const start = (who: SignedIn): string => {
    const session = newSecret();
    sessions = [...sessions, entry(session, who, limits.consoleSessionMs)];
    save();
    return session;
  };
  return {
    newLink: (by) => {
      const token = newSecret();
      const link = entry(token, { by, via: 'link' }, limits.signInLinkMs);
      links = [...links, link];
      save();
      return { token, expiresAt: link.expiresAt };
    },
    redeem: (token) => {
      const link = findDigest(links, digestOf(token));
      if (link === undefined || link.expiresAt <= clock.now()) {
        return fail(failure('auth.refused', 'this sign-in link is wrong, used or expired'));
      }
      links = links.filter((each) => each !== link);
      return ok({ session: start(link), by: link.by });
    },
    start,
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
    endAllOf: (login) => {
      sessions = sessions.filter((each) => each.login !== login);
      save();
    },
  };
}

/** Past the limit the oldest go: a flood of links must not lock the newest out. */
function alive(entries: readonly SignInEntry[], now: Instant, max: number): readonly SignInEntry[] {
  return entries.filter((each) => each.expiresAt > now).slice(-max);
}
