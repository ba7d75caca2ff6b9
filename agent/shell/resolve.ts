// Names to addresses for the way to the server, with a memory: when a link dies its DNS dies with it, and the way by
// the other link must not wait for a name. Stands under door-request.ts and uplink.ts.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** A resolver that has not answered in this time is taken for dead where an older answer is known. */
const patienceMs = 1_500;
/** Names remembered; an agent has one server. */
const namesMax = 16;

interface Address {
  readonly address: string;
  readonly family: number;
}

/** For the `lookup` option of sockets: the system's answer, or the last one known when the system fails or dawdles. */
export function createLookup(resolve: typeof lookup = lookup): LookupFunction {
  const known = new Map<string, readonly Address[]>();
  return (hostname, options, callback) => {
    const family = options.family === 6 || options.family === 'IPv6' ? 6 : options.family === 4 ? 4 : 0;
    const name = `${hostname} ${family}`;
    let done = false;
    const answer = (error: NodeJS.ErrnoException | null, addresses: readonly Address[]): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      const [first] = addresses;
      if (first === undefined) callback(error ?? new Error(`no address for ${hostname}`), '', 0);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    const timer = setTimeout(() => {
      const before = known.get(name);
      if (before !== undefined) answer(null, before);
    }, patienceMs);
    resolve(hostname, { all: true, family }, (error, addresses) => {
      if (error !== null || addresses.length === 0) {
        answer(error, known.get(name) ?? []);
        return;
      }
      if (known.size >= namesMax) known.clear();
      known.set(name, addresses);
      answer(null, addresses);
    });
  };
}
