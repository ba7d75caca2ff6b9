// What a desktop notice says: where it burns and what, or how many at once and where the first ones are. Pure.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { incidentHash, wallHash } from '../route.ts';
import { compareIncidents } from '../select.ts';
import type { DesktopNotice } from './alerts.ts';
import type { AlertWords } from './words.ts';

/** Named in one notice; a desktop shows about as many lines. */
const namedMax = 3;

export function sayCriticals(words: AlertWords, rows: readonly IncidentRow[]): DesktopNotice {
  const sorted = [...rows].sort(compareIncidents);
  const [first] = sorted;
  if (first === undefined || sorted.length > 1) {
    const names = sorted.slice(0, namedMax).map(whereOf);
    const left = sorted.length - names.length;
    const body = [...names, ...(left > 0 ? [words.andMore(left)] : [])].join('\n');
    return { title: words.many(sorted.length), body, hash: wallHash };
  }
  return { title: words.one(whereOf(first)), body: first.title, hash: incidentHash(first.id) };
}

export function sayTest(words: AlertWords): DesktopNotice {
  return { title: words.testTitle, body: words.testBody };
}

function whereOf(row: IncidentRow): string {
  const names = [row.customerName ?? row.customer, row.siteName ?? row.site].filter((name) => name !== null);
  return names.length === 0 ? row.title : names.join(' · ');
}
