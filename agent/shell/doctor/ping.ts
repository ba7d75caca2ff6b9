// The ways of pinging, each tried by itself on this very machine: native ICMP, the `ping` program, TCP. What works here is
// told for the user who asks; what the running agent uses is told beside it.
import type { Result } from '../../../shared/result.ts';
import { icmpProbe } from '../../probes/icmp.ts';
import type { Probe } from '../../probes/probe.ts';
import { type Check, type Finding, finding, type Patient } from './finding.ts';

const trialMs = 1_500;
const loopbacks = ['127.0.0.1', '::1'] as const;

export const checkPing: Check = async (patient) => {
  const { doctor, status, words } = patient;
  const { ping: say } = doctor;
  const [native, program] = await Promise.all([tryNative(patient), works(patient.tools.pingProgram)]);
  const detail = status.ok ? say.chosen(words.method[status.value.ping.method]) : undefined;
  const user = patient.tools.userName();
  if (!native.ok && !program) {
    return [finding('ping-native', 'warning', say.none, { detail: native.failure })];
  }
  const findings: Finding[] = [
    native.ok
      ? finding('ping-native', 'ok', say.good(user), { detail })
      : finding('ping-native', 'warning', say.nativeNot(user, native.failure), { detail }),
    // Where native ICMP works the program is never started, so its absence is no trouble.
    program ? finding('ping-program', 'ok', say.good(user)) : finding('ping-program', 'ok', say.programNot),
    finding('ping-tcp', 'ok', say.tcp),
  ];
  return findings;
};

async function tryNative({ tools, doctor }: Patient): Promise<Result<undefined, string>> {
  const opened = tools.openIcmp();
  if (!opened.ok) return { ok: false, failure: opened.failure.message };
  const icmp = opened.value;
  const answered = await works(icmpProbe(icmp));
  icmp.close();
  return answered ? { ok: true, value: undefined } : { ok: false, failure: doctor.ping.silent };
}

async function works(probe: Probe): Promise<boolean> {
  for (const address of loopbacks) {
    const answer = await probe({ address, timeoutMs: trialMs });
    if (answer.kind === 'answered') return true;
  }
  return false;
}
