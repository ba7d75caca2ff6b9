// Somebody to tell, for the demonstration: two rooms behind webhooks on this machine, which take every notice and show it to
// nobody, one of them asking to wait now and then as real services do. Also who is on call, by name. Nothing leaves the
// machine.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { assert } from '../../shared/assert.ts';

export interface Pager {
  /** What `vigia.yaml` says about channels and notices. */
  readonly configLines: readonly string[];
  stop(): void;
}

const rooms = ['plantao', 'sala-noc'] as const;
/** Every so many-th notice to the second room comes at a bad moment. */
const busyEvery = 4;
const waitSeconds = 15;

/** `folder` is the demonstration's own: the hooks' addresses are put there, as secrets are. */
export async function startPager(folder: string, speed: number): Promise<Pager> {
  let heard = 0;
  const server = createServer((request, response) => {
    request.resume();
    const isSecond = request.url === '/sala-noc';
    if (isSecond) heard += 1;
    const busy = isSecond && heard % busyEvery === 0;
    if (busy) response.setHeader('retry-after', String(Math.ceil(waitSeconds / speed)));
    response.writeHead(busy ? 429 : 204).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  assert(typeof address === 'object' && address !== null, 'a listening server has an address');
  for (const room of rooms)
    writeFileSync(join(folder, `${room}.url`), `http://127.0.0.1:${address.port}/${room}`, { mode: 0o600 });
  return {
    configLines: [
      'channels:',
      ...rooms.map((room) => `  - { name: ${room}, kind: webhook, urlFile: ${room}.url }`),
      `notices: { groupMs: ${Math.ceil(5_000 / speed)} }`,
    ],
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const everyDay = '[mon, tue, wed, thu, fri, sat, sun]';

/** Under `policies`. Day and night, so that somebody is on call whenever the demonstration is looked at. */
export const rotaLines: readonly string[] = [
  '  rota:',
  '    weekly:',
  `      - { role: noc, days: ${everyDay}, from: "07:00", until: "19:00", people: [Ana Ribeiro] }`,
  `      - { role: noc, days: ${everyDay}, from: "19:00", until: "07:00", people: [Beto Lima] }`,
  `      - { role: level2-lead, days: ${everyDay}, from: "00:00", until: "24:00", people: [Caio Nunes] }`,
  `      - { role: level2, days: ${everyDay}, from: "00:00", until: "24:00", people: [Davi Prado, Eva Costa], turnsFrom: "2026-01-05" }`,
  `      - { role: level3, days: ${everyDay}, from: "00:00", until: "24:00", people: [Fábio Reis] }`,
];
