// The internet of the footprint's namespace: anchors, gateways and neighbours are loopback addresses, which the kernel
// answers by itself; a DNS server and the page that answers 204 are here.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

export const addresses = {
  server: '127.0.0.1',
  dns: '127.0.2.1',
  page: '127.0.2.2',
  anchors: ['127.0.1.1', '127.0.1.2', '127.0.1.3'],
  links: [
    { gateway: '127.0.5.1', source: '127.0.4.1' },
    { gateway: '127.0.5.2', source: '127.0.4.2' },
  ],
  hosts: ['127.0.3.1', '127.0.3.2', '127.0.3.3', '127.0.3.4', '127.0.3.5'],
} as const;

export const pageUrl = `http://${addresses.page}/generate_204`;

export async function startInternet(): Promise<void> {
  const dns = createSocket('udp4');
  dns.on('message', (query, from) => dns.send(noErrorAnswer(query), from.port, from.address));
  const page = createServer((_, response) => response.writeHead(204).end());
  await Promise.all([
    new Promise<void>((resolve) => dns.bind(53, addresses.dns, resolve)),
    new Promise<void>((resolve) => page.listen(80, addresses.page, resolve)),
  ]);
}

/** RFC 1035, 4.1.1: the question itself with the answer's flag, recursion available, RCODE 0. */
function noErrorAnswer(query: Buffer): Buffer {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(0x8180, 2);
  return answer;
}
