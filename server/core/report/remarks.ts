// What a reader must know beside a row's numbers: one short text, the same on paper and in the table. Pure.
import type { ReportOutage, ReportRow } from '../../../shared/api/reports.ts';
import type { ReportWords } from './words.ts';

export function remarksOfRow(row: ReportRow, { marks }: ReportWords): string {
  return [
    row.retired ? marks.retired : '',
    row.flapping.episodes > 0 ? marks.flapping.replace('{downs}', String(row.flapping.downs)) : '',
    row.estimated ? marks.estimated : '',
    row.coverage === 'incidents' ? marks.unmeasured : '',
  ]
    .filter((each) => each !== '')
    .join('; ');
}

export function remarksOfOutage(outage: ReportOutage, { marks }: ReportWords): string {
  return [
    outage.running ? marks.running : '',
    outage.planned ? marks.planned : '',
    outage.retro ? marks.retro : '',
    outage.flapping ? marks.flapping.replace('{downs}', String(outage.downs ?? 0)) : '',
  ]
    .filter((each) => each !== '')
    .join('; ');
}
