// A machine for tests of `vigia-agent doctor`: everything on it is well and answers at once, unless the test says otherwise.
import type { Clock } from '../../agent/core/input.ts';
import { doctorPt } from '../../agent/core/text/doctor-pt.ts';
import { pt } from '../../agent/core/text/pt.ts';
import type { Finding, Patient, Tools } from '../../agent/shell/doctor/finding.ts';
import { readIdentity } from '../../agent/shell/doctor/local.ts';
import { createReach } from '../../agent/shell/reach.ts';
import { openReachMemory } from '../../agent/shell/reach-memory.ts';
import { readStatus } from '../../agent/shell/status-schema.ts';
import type { Icmp, PingAnswer } from '../../shared/icmp/icmp.ts';
import { ok } from '../../shared/result.ts';
import { clockAt } from './agent-records.ts';

const counters = { sent: 0, answered: 0, lost: 0, expired: 0, local: 0, unasked: 0 };

/** Answers pings as told, by address. */
export function fakeIcmp(answer: (address: string) => PingAnswer): Icmp {
  return { ping: async ({ address }) => answer(address), counters: () => counters, close: () => undefined };
}

const answered = async (): Promise<PingAnswer> => ({ kind: 'answered', rttMs: 9.4 });

export function fakeTools(more: Partial<Tools> = {}): Tools {
  return {
    clock: (): Clock => clockAt(10_004_000),
    userName: () => 'vigia-agent',
    platform: 'linux',
    openIcmp: () => ok(fakeIcmp(() => ({ kind: 'answered', rttMs: 9.4 }))),
    pingProgram: answered,
    tcp: answered,
    dns: answered,
    page: async () => ({ http: 'no-content' }),
    gateway: async () => '192.168.10.1',
    hasAddress: () => true,
    reach: (access, ask) => createReach({ access, memory: openReachMemory(), ask }),
    lookup: async () => ['127.0.0.1'],
    machineIds: async () => ['machine-1'],
    processLives: () => true,
    serviceFiles: [],
    containerMarks: [],
    ...more,
  };
}

/** Who stands in this state directory, on a machine with these tools. */
export function patientAt(
  stateDirectory: string,
  more: Partial<Tools> = {},
  parts: Partial<Patient> = {},
): Patient {
  const identity = readIdentity(stateDirectory);
  return {
    stateDirectory,
    words: pt,
    doctor: doctorPt,
    status: readStatus(stateDirectory),
    identity: identity.ok ? identity.value : undefined,
    tools: fakeTools(more),
    ...parts,
  };
}

/** `check level` of each, shorter to compare. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(({ check, level }) => `${check} ${level}`);
}
