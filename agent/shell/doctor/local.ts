// What doctor finds on this machine's own disk: the state directory, its rights and room, the enrolment, the running
// agent's word, its spool, whether it comes back after a start. It must never open a file in a way that changes it.
import { constants, existsSync, readdirSync, statSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import { closeCodes } from '../../../shared/wire/messages.ts';
import { judgeStatus, type Status } from '../../core/status.ts';
import type { DoctorWords, Said } from '../../core/text/doctor-pt.ts';
import { durationText } from '../../core/text/languages.ts';
import { errorCodeOf } from '../errors.ts';
import { type Identity, loadIdentity } from '../identity.ts';
import {
  type Check,
  type Finding,
  finding,
  found,
  type Patient,
  type Place,
  type Speech,
} from './finding.ts';
import { examineSpool } from './spool-copy.ts';

/** Full spool, ballast and log. */
const spaceWantedBytes = limits.spoolBytesMax + 4 * limits.spoolBallastBytes;
const spaceNeededBytes = 2 * limits.spoolBallastBytes;
const openToOthers = 0o077;

/** The first file of the directory, or the directory, that others than its owner may use; undefined = none. */
function tooOpen(stateDirectory: string): { readonly path: string; readonly mode: string } | undefined {
  if (process.platform === 'win32') return undefined;
  const paths = [stateDirectory, ...readdirSync(stateDirectory).map((name) => join(stateDirectory, name))];
  for (const path of paths) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & openToOthers) !== 0) return { path, mode: (mode & 0o777).toString(8) };
  }
  return undefined;
}

/**
 * The identity, read without putting anything right: where rights are too wide the loader would tighten them, so it is
 * not asked (`conflict`). Else fails as `loadIdentity` does.
 */
export function readIdentity(stateDirectory: string): Result<Identity> {
  try {
    const open = tooOpen(stateDirectory);
    if (open !== undefined) return fail(failure('conflict', `${open.path} has mode ${open.mode}`));
  } catch (error) {
    const code = errorCodeOf(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return fail(failure(missing ? 'not-found' : 'storage.failed', `cannot read ${stateDirectory}: ${code}`));
  }
  return loadIdentity(stateDirectory);
}

type Directory = DoctorWords['directory'];

export async function checkDirectory(place: Place): Promise<readonly Finding[]> {
  const { stateDirectory, tools } = place;
  const told = (level: Finding['level'], say: (words: Directory) => Said): Finding[] => [
    found(place, { check: 'state-directory', level }, ({ doctor }) => say(doctor.directory)),
  ];
  try {
    const open = tooOpen(stateDirectory);
    if (open !== undefined) return told('error', (say) => say.open(open.path, open.mode));
    await access(stateDirectory, constants.R_OK | constants.W_OK);
    return told('ok', (say) => (tools.platform === 'win32' ? say.elsewhere : say.good(stateDirectory)));
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return told('error', (say) => say.missing(stateDirectory));
    if (code === 'EROFS') return told('error', (say) => say.readOnly(stateDirectory));
    return told('error', (say) => say.forbidden(stateDirectory));
  }
}

export async function checkSpace(place: Place): Promise<readonly Finding[]> {
  const told = (level: Finding['level'], say: (speech: Speech) => Said): Finding[] => [
    found(place, { check: 'free-space', level }, say),
  ];
  try {
    const { bavail, bsize } = await statfs(place.stateDirectory);
    const freeBytes = bavail * bsize;
    const megabytes = ({ words }: Speech): string => words.decimal(freeBytes / 2 ** 20, 0);
    if (freeBytes < spaceNeededBytes)
      return told('error', (speech) => speech.doctor.space.none(megabytes(speech)));
    if (freeBytes < spaceWantedBytes)
      return told('warning', (speech) => speech.doctor.space.low(megabytes(speech)));
    return told('ok', (speech) => speech.doctor.space.good(megabytes(speech)));
  } catch {
    return told('warning', ({ doctor }) => doctor.space.unknown);
  }
}

export function identityFinding(identity: Result<Identity>, { doctor }: Pick<Patient, 'doctor'>): Finding {
  const { identity: say } = doctor;
  if (identity.ok) {
    const { agent, customer, site } = identity.value.enrolment;
    return finding('identity', 'ok', say.good(agent, `${customer}/${site}`));
  }
  const { code, message }: Failure = identity.failure;
  if (code === 'not-found') return finding('identity', 'error', say.missing);
  if (code === 'conflict') return finding('identity', 'warning', say.skipped, { detail: message });
  return finding('identity', 'error', say.bad(message));
}

export async function checkService(place: Place): Promise<readonly Finding[]> {
  const { tools } = place;
  const check = 'service';
  const file = tools.serviceFiles.find((path) => existsSync(path));
  if (file !== undefined)
    return [found(place, { check, level: 'ok' }, ({ doctor }) => doctor.service.good(file))];
  if (tools.containerMarks.some((path) => existsSync(path)))
    return [found(place, { check, level: 'ok' }, ({ doctor }) => doctor.service.container)];
  return [found(place, { check, level: 'warning' }, ({ doctor }) => doctor.service.none)];
}

export const checkAgent: Check = async ({ status, words, doctor, tools }) => {
  const { agent: say } = doctor;
  if (!status.ok) {
    return status.failure === 'none'
      ? [finding('agent', 'error', say.never)]
      : [finding('agent', 'warning', say.unreadable)];
  }
  const { version, pid } = status.value;
  const found = { kind: 'found', status: status.value, processLives: tools.processLives(pid) } as const;
  const { problems, old, ageMs = 0 } = judgeStatus(found, tools.clock());
  const age = durationText(ageMs, words);
  const [first] = problems;
  if (old && (first?.kind === 'stopped' || first?.kind === 'gone' || first?.kind === 'hangs')) {
    return [finding('agent', 'error', say[first.kind](age))];
  }
  return [finding('agent', 'ok', say.running(version, pid, age))];
};

export const checkSpool: Check = async ({ stateDirectory, status, doctor, tools }) => {
  const { spool: say } = doctor;
  if (status.ok && isRunning(status.value, tools)) {
    const { spool } = status.value;
    return spool.inMemory > 0
      ? [finding('spool', 'error', say.refusing(spool.inMemory))]
      : [finding('spool', 'ok', say.inUse(spool.changes, spool.rollups))];
  }
  const examined = await examineSpool(stateDirectory);
  switch (examined.kind) {
    case 'whole':
      return [finding('spool', 'ok', say.good(examined.records))];
    case 'none':
      return [finding('spool', 'ok', say.none)];
    case 'damaged':
      return [finding('spool', 'error', say.damaged, { detail: examined.why })];
    case 'unchecked':
      return [finding('spool', 'warning', say.unchecked(examined.why))];
  }
};

/** Written lately, by a process that lives. */
export function isRunning(status: Status, tools: Patient['tools']): boolean {
  const found = { kind: 'found', status, processLives: tools.processLives(status.pid) } as const;
  return !judgeStatus(found, tools.clock()).old;
}

export const checkClone: Check = async ({ status, identity, doctor, tools }) => {
  const { clone: say } = doctor;
  if (status.ok && status.value.view.session.closeCode === closeCodes.cloned.code) {
    return [finding('clone', 'error', say.refused)];
  }
  if (identity === undefined) return [];
  const ids = await tools.machineIds(identity.enrolment.agent);
  if (ids.length === 0) return [finding('clone', 'ok', say.unknown)];
  // Only across a boot: within one, another user may merely see less of the same machine.
  const before = status.ok ? status.value : undefined;
  const now = tools.clock();
  const moved =
    before?.machine !== undefined && before.written.bootId !== now.bootId && !ids.includes(before.machine);
  return [moved ? finding('clone', 'warning', say.moved) : finding('clone', 'ok', say.good)];
};
