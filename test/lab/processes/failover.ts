// The dual-WAN router's own watchdog, as small offices have it: asks the internet over each uplink once a second,
// three losses in a row move the default route, three answers bring it back. Old flows keep their NAT address.
// Runs inside a router's namespace; arguments: device, gateway and own address of the preferred uplink, then the same
// of the other one.
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
const [deviceA = '', gatewayA = '', sourceA = '', deviceB = '', gatewayB = '', sourceB = ''] =
  process.argv.slice(2);
const uplinks: readonly [Uplink, Uplink] = [
  { device: deviceA, gateway: gatewayA, source: sourceA, good: true, against: 0 },
  { device: deviceB, gateway: gatewayB, source: sourceB, good: true, against: 0 },
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
