// Collects the end of the previous boot's journal by `journalctl`: newest first, one JSON object a line, of the boot that
// the stamp names. Only lines of meaning are kept (core/ending/marks.ts), and of the others that they were. Never throws.
import { z } from 'zod';
import type { JournalEntry, JournalLog } from '../../core/ending/evidence.ts';
import { journalWindowMs } from '../../core/ending/linux-run.ts';
import { type JournalWriter, markOf } from '../../core/ending/marks.ts';
import { parseJson } from '../record-schema.ts';
import type { RunCommand } from './run-command.ts';

const entriesMax = 400;

const fields =
  'MESSAGE,_BOOT_ID,__MONOTONIC_TIMESTAMP,_TRANSPORT,_PID,_COMM,_UID,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT';

/** Journal fields are text, a list of bytes when not UTF-8, or null when too long. */
const field = z.unknown().transform((value) => (typeof value === 'string' ? value : undefined));
const entrySchema = z.object({
  _BOOT_ID: z.string().regex(/^[0-9a-f]{32}$/),
  __MONOTONIC_TIMESTAMP: z.string().regex(/^\d{1,18}$/),
  MESSAGE: field.optional(),
  _TRANSPORT: field.optional(),
  _PID: field.optional(),
  _COMM: field.optional(),
  _UID: field.optional(),
  SYSLOG_IDENTIFIER: field.optional(),
  _SYSTEMD_UNIT: field.optional(),
});
type RawEntry = z.output<typeof entrySchema>;

/** `bootId`: the kernel's, of the run that ended. undefined = not asked, because it is no such id. */
export async function collectJournal(run: RunCommand, bootId: string): Promise<JournalLog | undefined> {
  const plain = bootId.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(plain)) return undefined;
  const answer = await run('journalctl', journalWords(plain));
  if (answer.kind === 'absent') return { kept: false, complete: false, entries: [] };
  const { entries, refused, ofSystem } = parseJournal(new TextDecoder().decode(answer.bytes));
  // Without the right to read the system's entries journalctl gives one's own, and says no more than that.
  const complete = answer.kind === 'answered' && refused === 0 && ofSystem && reachesBack(entries);
  return { kept: true, complete, entries };
}

/** Cut off by the number of entries, it must still hold all of the run's last minutes. */
function reachesBack(entries: readonly JournalEntry[]): boolean {
  if (entries.length < entriesMax) return true;
  return (entries[0]?.monoMs ?? 0) - (entries.at(-1)?.monoMs ?? 0) >= journalWindowMs;
}

export function journalWords(bootId: string): readonly string[] {
  return [
    `--boot=${bootId}`,
    '--output=json',
    `--output-fields=${fields}`,
    '--no-pager',
    '--quiet',
    '--reverse',
    `--lines=${entriesMax}`,
  ];
}

/** `text`: newest first. */
export function parseJournal(text: string): {
  readonly entries: readonly JournalEntry[];
  readonly refused: number;
  /** At least one entry is the system's own. */
  readonly ofSystem: boolean;
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  let refused = Math.max(0, lines.length - entriesMax);
  let ofSystem = false;
  const entries: JournalEntry[] = [];
  for (const [n, line] of lines.slice(0, entriesMax).entries()) {
    const parsed = entrySchema.safeParse(parseJson(line));
    if (!parsed.success) {
      refused += 1;
      continue;
    }
    entries.push(entryOf(parsed.data, entriesMax - n));
    ofSystem ||= parsed.data._UID === '0' || parsed.data._TRANSPORT === 'kernel';
  }
  return { entries, refused, ofSystem };
}

function entryOf(raw: RawEntry, index: number): JournalEntry {
  const mark = raw.MESSAGE === undefined ? undefined : markOf(writerOf(raw), raw.MESSAGE);
  const monoMs = Number(raw.__MONOTONIC_TIMESTAMP) / 1_000;
  return { index, bootId: raw._BOOT_ID, monoMs, ...(mark === undefined ? {} : { mark }) };
}

const upsPrograms = ['apcupsd', 'upsmon', 'upssched', 'upsd', 'nut-monitor', 'pwrstatd', 'upslog'];

/** By the fields that journald fills in itself (leading underscore): any program may call itself "kernel". */
function writerOf(raw: RawEntry): JournalWriter {
  if (raw._TRANSPORT === 'kernel') return 'kernel';
  if (raw._TRANSPORT === 'driver' || raw._COMM === 'systemd-journal') return 'journald';
  if (raw._PID === '1') return 'systemd';
  if (raw._SYSTEMD_UNIT === 'systemd-logind.service') return 'logind';
  if (raw._COMM === 'sudo') return 'sudo';
  if (raw._COMM !== undefined && upsPrograms.includes(raw._COMM)) return 'ups';
  const update = /^(unattended-upgr|dnf-automatic|packagekit)/.test(raw.SYSLOG_IDENTIFIER ?? '');
  return update && raw._UID === '0' ? 'update' : 'other';
}
