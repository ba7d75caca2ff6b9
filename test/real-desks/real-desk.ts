// What the cases need of a real desk: a client of ours for any address (the desk's own, or a proxy's before it), and a
// person who works at it through the desk's own interface, with an account and code that our adapter knows nothing of.
import { existsSync } from 'node:fs';
import type { Clock } from '../../server/ports/clock.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import type { Priority } from '../../shared/words.ts';

export interface SeenRecord {
  readonly protocol: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly priority: Priority | undefined;
  /** Texts under the record, oldest first. */
  readonly notes: readonly string[];
}

export interface Person {
  /** Every record whose title contains the text, as this person sees it. */
  see(inTitle: string): Promise<readonly SeenRecord[]>;
  close(protocol: string): Promise<void>;
  take(protocol: string): Promise<void>;
  say(protocol: string, text: string): Promise<void>;
}

export interface RealDesk {
  readonly url: string;
  readonly person: Person;
  client(options: {
    readonly url: string;
    readonly clock: Pick<Clock, 'now'>;
    readonly timeoutMs: number;
    /** A wrong one, to see what it does with strangers. */
    readonly credential?: string;
  }): DeskClient;
  stop(): Promise<void>;
}

/** Why the suite cannot run here; undefined: it can. With CI=true it runs anyway, and fails. */
export function absence(name: string, files: readonly string[], debianPackages: string): string | undefined {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length === 0 || process.env.CI === 'true') return undefined;
  return `${name} is not installed (${missing.join(', ')}); Debian: apt-get install ${debianPackages}`;
}
