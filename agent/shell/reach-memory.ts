// Where the server was last reached: the address of the enrolment or assignment that worked, the network addresses of
// its host, and the server's own time then. A small file that survives restarts and dead resolvers. It is a hint and
// nothing more: a damaged file is forgotten, and no address in it is trusted further than TLS trusts it.
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import type { Log } from './log.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import { parseJson } from './record-schema.ts';

const reachFile = 'reach.json';

const memorySchema = z.strictObject({
  /** As in the enrolment or the assignment. */
  server: z.string().max(500).optional(),
  serverAtMs: z.number().min(0).max(8.64e15).optional(),
  /** Newest last; one for each host (server or proxy) and family. */
  hosts: z
    .array(z.strictObject({ host: z.string().max(253), address: z.union([z.ipv4(), z.ipv6()]) }))
    .max(limits.reachHostsMax),
});
type Memory = z.output<typeof memorySchema>;

export interface Welcomed {
  readonly server: string;
  /** The host that was dialled, server or proxy, and the address at which it answered. */
  readonly host: string;
  readonly address: string;
  /** What the server said the time is, ms since 1970. */
  readonly serverAtMs: number;
}

export interface ReachMemory {
  lastServer(): string | undefined;
  serverAtMs(): number | undefined;
  addressesOf(host: string): readonly string[];
  welcomed(welcome: Welcomed): void;
}

/** Without a directory it lasts as long as the program. */
export function openReachMemory(stateDirectory?: string, log?: Log): ReachMemory {
  let memory = stateDirectory === undefined ? nothing : load(stateDirectory, log);
  let writtenAtMs = memory.serverAtMs ?? 0;
  return {
    lastServer: () => memory.server,
    serverAtMs: () => memory.serverAtMs,
    addressesOf: (host) => memory.hosts.filter((each) => each.host === host).map(({ address }) => address),
    welcomed: (welcome) => {
      const { server, host, address, serverAtMs } = welcome;
      const moved =
        server !== memory.server ||
        !memory.hosts.some((each) => each.host === host && each.address === address);
      memory = { server, serverAtMs, hosts: moved ? withHost(memory.hosts, welcome) : memory.hosts };
      const isStale = Math.abs(serverAtMs - writtenAtMs) >= limits.reachMemoryEveryMs;
      if (stateDirectory === undefined || (!moved && !isStale)) return;
      writtenAtMs = serverAtMs;
      const written = writePrivate(stateDirectory, reachFile, `${JSON.stringify(memory)}\n`);
      if (!written.ok) log?.warn({ failure: written.failure }, 'where the server is cannot be remembered');
    },
  };
}

const nothing: Memory = { hosts: [] };

function load(stateDirectory: string, log: Log | undefined): Memory {
  const text = readPrivate(join(stateDirectory, reachFile));
  if (!text.ok) {
    if (text.failure.code !== 'not-found') log?.warn({ failure: text.failure }, 'the remembered way is lost');
    return nothing;
  }
  const whole = text.value.length <= limits.reachMemoryBytesMax ? parseJson(text.value) : undefined;
  const parsed = memorySchema.safeParse(whole);
  if (parsed.success) return parsed.data;
  log?.warn({ file: reachFile }, 'the remembered way to the server is damaged and forgotten');
  return nothing;
}

/** A literal needs no memory. */
function withHost(hosts: Memory['hosts'], { host, address }: Welcomed): Memory['hosts'] {
  if (isIP(host) !== 0) return hosts;
  const others = hosts.filter((each) => each.host !== host || isIP(each.address) !== isIP(address));
  return [...others, { host, address }].slice(-limits.reachHostsMax);
}
