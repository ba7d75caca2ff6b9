// Collects what the Windows System log says about the last end, by `wevtutil`, newest first, with one fixed query. Thin:
// it judges nothing. Messages are never read, only data fields, so the system's language does not matter.
import type { WindowsLog } from '../../core/ending/evidence.ts';
import { decodeText, parseEvents } from './event-xml.ts';
import type { RunCommand } from './run-command.ts';

/** At most some 20 comparisons are allowed in one query (Microsoft: "Consuming Events"). */
const query = [
  "(Provider[@Name='Microsoft-Windows-Kernel-General'] and (EventID=12 or EventID=13))",
  "(Provider[@Name='Microsoft-Windows-Kernel-Power'] and (EventID=41 or EventID=42 or EventID=107 or EventID=109))",
  "(Provider[@Name='Microsoft-Windows-WER-SystemErrorReporting'] and EventID=1001)",
  "(Provider[@Name='Microsoft-Windows-WHEA-Logger'])",
  '(EventID>=1074 and EventID<=1076)',
  '(EventID=6006 or EventID=6008 or EventID=6013)',
].join(' or ');

/** Some months of a quiet server; the boots that matter are the newest. */
const eventsMax = 300;

export const wevtutilWords: readonly string[] = [
  'qe',
  'System',
  `/q:*[System[${query}]]`,
  '/f:xml',
  '/rd:true',
  '/uni:true',
  `/c:${eventsMax}`,
];

export async function collectWindowsLog(run: RunCommand): Promise<WindowsLog | undefined> {
  const answer = await run('wevtutil.exe', wevtutilWords);
  if (answer.kind === 'absent') return undefined;
  const { events, refused } = parseEvents(decodeText(answer.bytes));
  return { complete: answer.kind === 'answered' && refused === 0, events };
}
