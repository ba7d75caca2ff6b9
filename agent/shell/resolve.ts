// Names to addresses for the way to the server, with a memory: when a link dies its DNS dies with it, and DNS may lie.
// The address by which a session last reached its welcome is offered when the system fails or dawdles, first when the
// system names it too, and last when it names others only. It only says where to knock; who opens is TLS's business.
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { messageOf } from './errors.ts';
import { inTrouble, type Trouble } from './reach-trouble.ts';

export type Family = 4 | 6;

/** Every address that the system has for a name, in its order; rejects when it has none. */
export type SystemLookup = (name: string) => Promise<readonly string[]>;

export interface NameWish {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** Only addresses of this family, as a bound source needs; undefined = either. */
  readonly family: Family | undefined;
  /** Where this host was reached before. */
  readonly remembered: readonly string[];
}

export interface Resolver {
  /** 1 .. `limits.reachAddressesMax` addresses in the order in which to try them, families in turn. */
  addresses(wish: NameWish): Promise<Result<readonly string[], Trouble>>;
}

export function createResolver(ask: SystemLookup = askSystem): Resolver {
  /** The system's own question may take half a minute and holds a thread: never two for one name. */
  const asking = new Map<string, Promise<readonly string[] | Error>>();
  const systemAnswer = (name: string): Promise<readonly string[] | Error> => {
    const pending = asking.get(name);
    if (pending !== undefined) return pending;
    const answer = ask(name)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .finally(() => asking.delete(name));
    asking.set(name, answer);
    return answer;
  };
  return {
    addresses: async ({ host, family, remembered }) => {
      const fits = (address: string): boolean => family === undefined || isIP(address) === family;
      if (isIP(host) !== 0) return fits(host) ? ok([host]) : noneOfFamily(host, family);
      const before = remembered.filter(fits);
      const answer = before.length === 0 ? systemAnswer(host) : patiently(systemAnswer(host));
      const answered = await answer;
      if (answered instanceof Error) {
        if (before.length > 0) return ok(before);
        return inTrouble('name-unknown', `no address for ${host}: ${messageOf(answered)}`);
      }
      const good = inTurn(answered.filter(fits)).slice(0, limits.reachAddressesMax - before.length);
      const proven = before.filter((address) => good.includes(address));
      const all = [...new Set([...proven, ...good, ...before])];
      return all.length > 0 ? ok(all) : noneOfFamily(host, family);
    },
  };
}

function noneOfFamily(host: string, family: Family | undefined): ReturnType<typeof inTrouble> {
  return inTrouble('family-missing', `${host} has no address of IPv${family ?? '4 or 6'}`);
}

function askSystem(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true, order: 'verbatim' }, (error, found) => {
      if (error !== null) reject(error);
      else resolve(found.map(({ address }) => address));
    });
  });
}

function patiently(answer: Promise<readonly string[] | Error>): Promise<readonly string[] | Error> {
  const { promise, resolve } = Promise.withResolvers<readonly string[] | Error>();
  const timer = setTimeout(() => resolve(new Error('no answer in time')), limits.resolvePatienceMs);
  void answer.then((known) => {
    clearTimeout(timer);
    resolve(known);
  });
  return promise;
}

/** First of one family, first of the other, second of the one ... (RFC 8305, section 4). */
function inTurn(addresses: readonly string[]): readonly string[] {
  const lead = isIP(addresses[0] ?? '');
  const leading = addresses.filter((address) => isIP(address) === lead);
  const other = addresses.filter((address) => isIP(address) !== lead && isIP(address) !== 0);
  return leading
    .flatMap((address, at) => [address, ...other.slice(at, at + 1)])
    .concat(other.slice(leading.length));
}
