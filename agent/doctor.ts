// The `doctor` command: looks live at everything the agent needs and says what to do about what is missing. Stands
// between main.ts and shell/doctor. It changes nothing, and prints no key, token or password.
import type { Command } from './config.ts';
import { doctorEn } from './core/text/doctor-en.ts';
import { doctorPt } from './core/text/doctor-pt.ts';
import { wordsOf } from './core/text/languages.ts';
import { readBootId, systemClock } from './shell/boot-id.ts';
import { doctorLines, examine, thisMachine } from './shell/doctor/examine.ts';
import type { Patient } from './shell/doctor/finding.ts';
import { identityFinding, readIdentity } from './shell/doctor/local.ts';
import { readStatus } from './shell/status-schema.ts';

type DoctorCommand = Extract<Command, { readonly kind: 'doctor' }>;

/** Gives the exit code: 0 no error (warnings may be), 1 an error was found. */
export async function examineHere(command: DoctorCommand): Promise<number> {
  const { stateDirectory, language } = command;
  const status = readStatus(stateDirectory);
  const identity = readIdentity(stateDirectory);
  const doctor = language === 'en' ? doctorEn : doctorPt;
  const patient: Patient = {
    stateDirectory,
    words: wordsOf(language),
    doctor,
    status,
    identity: identity.ok ? identity.value : undefined,
    tools: thisMachine(systemClock(readBootId(status.ok ? status.value.written : undefined))),
  };
  const findings = [identityFinding(identity, patient), ...(await examine(patient))];
  const failed = findings.some(({ level }) => level === 'error');
  const text = command.json
    ? JSON.stringify({ verdict: failed ? 'error' : 'ok', findings }, null, 2)
    : doctorLines(findings, doctor).join('\n');
  process.stdout.write(`${text}\n`);
  return failed ? 1 : 0;
}
