// All checks of doctor, side by side and bounded in time, in the order in which a person goes through them. Also the
// tools of this machine, and the findings as lines. It must never end without an answer for a check.
import { lookup } from 'node:dns';
import { platform, userInfo } from 'node:os';
import { openIcmp } from '../../../shared/icmp/socket.ts';
import { limits } from '../../../shared/limits.ts';
import type { Clock } from '../../core/input.ts';
import type { DoctorWords } from '../../core/text/doctor-pt.ts';
import { within } from '../../probes/deadline.ts';
import { createDnsProbe } from '../../probes/dns.ts';
import { findGateway } from '../../probes/gateway.ts';
import { askPage } from '../../probes/http-204.ts';
import { hasAddress } from '../../probes/local-address.ts';
import { createPingProgram } from '../../probes/ping-program.ts';
import { createTcpProbe } from '../../probes/tcp.ts';
import { readMachineIds } from '../machine-id.ts';
import { processLives } from '../process-lives.ts';
import { createReach } from '../reach.ts';
import { openReachMemory } from '../reach-memory.ts';
import { type Check, type CheckName, type Finding, finding, type Patient, type Tools } from './finding.ts';
import { checkLinks } from './links.ts';
import { checkAgent, checkClone, checkDirectory, checkService, checkSpace, checkSpool } from './local.ts';
import { checkPing } from './ping.ts';
import { checkServer } from './server.ts';

/** Each with the name under which it is told when it does not end. */
const checks: readonly (readonly [CheckName, Check])[] = [
  ['state-directory', checkDirectory],
  ['free-space', checkSpace],
  ['service', checkService],
  ['agent', checkAgent],
  ['spool', checkSpool],
  ['clone', checkClone],
  ['ping-native', checkPing],
  ['gateway', checkLinks],
  ['server-way', checkServer],
];

/** Never rejects; takes `withinMs` at most. */
export async function examine(
  patient: Patient,
  withinMs: number = limits.doctorMs,
): Promise<readonly Finding[]> {
  const { doctor } = patient;
  const all = checks.map(([name, check]) => {
    const late = finding(name, 'warning', doctor.late(Math.round(withinMs / 1_000)));
    return within(withinMs, check(patient), [late]);
  });
  return (await Promise.all(all)).flat();
}

/** The real machine. */
export function thisMachine(clock: () => Clock): Tools {
  return {
    clock,
    userName,
    platform: platform(),
    openIcmp,
    pingProgram: createPingProgram(),
    tcp: createTcpProbe(),
    dns: createDnsProbe(),
    page: askPage,
    gateway: findGateway,
    hasAddress,
    // Without the directory: what is remembered of better days would hide what is wrong now.
    reach: (access, ask) => createReach({ access, memory: openReachMemory(), ask }),
    lookup: systemLookup,
    machineIds: (agent) => readMachineIds(agent),
    processLives,
    serviceFiles: [
      '/etc/systemd/system/vigia-agent.service',
      '/lib/systemd/system/vigia-agent.service',
      '/etc/init.d/vigia-agent',
      'C:\\Windows\\System32\\Tasks\\VigiaAgent',
    ],
    containerMarks: ['/.dockerenv', '/run/.containerenv'],
  };
}

function systemLookup(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true, order: 'verbatim' }, (error, found) => {
      if (error !== null) reject(error);
      else resolve(found.map(({ address }) => address));
    });
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user without an entry of its own.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

const marks = { ok: '✓', warning: '!', error: '✗' } as const;

/** One line per finding, advice and detail below it; trouble is repeated by the summary in the last line. */
export function doctorLines(findings: readonly Finding[], words: DoctorWords): string[] {
  const lines = findings.flatMap(({ check, level, of, text, advice, detail }) => {
    const name = of === undefined ? words.checks[check] : `${words.checks[check]} [${of}]`;
    return [
      `${marks[level]} ${words.levels[level].padEnd(7)} ${name}: ${text}`,
      ...(detail === undefined ? [] : [`            ${words.detail(detail)}`]),
      ...(advice === undefined || level === 'ok' ? [] : [`            ${words.todo(advice)}`]),
    ];
  });
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  return [...lines, '', errors + warnings === 0 ? words.allWell : words.summary(errors, warnings)];
}
