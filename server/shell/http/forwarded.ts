// Who is really asking, where a trusted proxy stands in front: the nearest address of X-Forwarded-For that is no proxy of
// ours. For the agents' door, which sees requests before Fastify does. Must never believe the header of a stranger.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** `trusted` are addresses and networks (`10.0.0.0/8`), checked by the configuration. Empty = nobody is believed. */
export function remoteAddressOf(
  trusted: readonly string[],
): (request: IncomingMessage) => string | undefined {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  const isProxy = (address: string): boolean => {
    const plain = address.replace(/^::ffff:/i, '');
    const family = isIP(plain);
    return family !== 0 && proxies.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
  return (request) => {
    const peer = request.socket.remoteAddress;
    if (peer === undefined || trusted.length === 0 || !isProxy(peer)) return peer;
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? ''))
      .split(',')
      .map((hop) => hop.trim());
    for (const hop of hops.reverse()) {
      // What cannot be read was not written by a proxy of ours: the last one that was is all that is known.
      if (isIP(hop) === 0) return peer;
      if (!isProxy(hop)) return hop;
    }
    return peer;
  };
}
