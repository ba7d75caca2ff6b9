// The dual-WAN router's own watchdog, as small offices have it: asks the internet over each uplink once a second,
// three losses in a row move the default route, three answers bring it back. Old flows keep their NAT address.
// Runs inside the namespace `r1`.
import { execFile } from 'node:child_process';

interface Uplink {
  readonly device: string;
  readonly gateway: string;
  readonly source: string;
  good: boolean;
  /** Answers in a row that disagree with `good`. */
  against: number;
}

const inARow = 3;
const targets = ['8.8.8.8', '9.9.9.9'];
const uplinks: readonly [Uplink, Uplink] = [
  { device: 'up-a', gateway: '198.51.100.1', source: '198.51.100.10', good: true, against: 0 },
  { device: 'up-b', gateway: '203.0.113.1', source: '203.0.113.10', good: true, against: 0 },
];
let active: Uplink = uplinks[0];
let round = 0;

function check(uplink: Uplink, target: string): void {
  execFile('ping', ['-n', '-q', '-c', '1', '-W', '1', '-I', uplink.source, target], (error) => {
    const answered = error === null;
    uplink.against = answered === uplink.good ? 0 : uplink.against + 1;
    if (uplink.against < inARow) return;
    uplink.good = answered;
    uplink.against = 0;
    choose();
  });
}

function choose(): void {
  const best = uplinks.find((uplink) => uplink.good) ?? active;
  if (best === active) return;
  active = best;
  execFile('ip', ['route', 'replace', 'default', 'via', best.gateway, 'dev', best.device], (error) => {
    console.log(`${Date.now()} default by ${best.device} ${error === null ? '' : error.message}`);
  });
}

setInterval(() => {
  round += 1;
  for (const uplink of uplinks) check(uplink, targets[round % targets.length] ?? '8.8.8.8');
}, 1_000);
console.log('ready');
