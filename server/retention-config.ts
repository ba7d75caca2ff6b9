// The part `retention` of vigia.yaml: how many days of what are kept. Each minimum says who would miss what is younger.
// Read by `config.ts`; docs/data.md tells operators.
import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import type { KeepDays } from './ports/journal-retention.ts';

const days = (min: number, why: string) =>
  z
    .int()
    .min(min, `wanted: ${min} days at least, because ${why}`)
    .max(limits.retentionDaysMax, `wanted: ${limits.retentionDaysMax} days at most`);

export const retentionSchema = z
  .strictObject({
    journalDays: days(
      limits.journalDaysMin,
      'an agent may tell of the last 7 days after a separation, and "replay" begins at a weekly snapshot',
    ).default(35),
    evidenceDays: days(
      limits.evidenceDaysMin,
      'a dossier claims credits of a month that ended and of the one before it',
    ).default(400),
    incidentDays: days(
      limits.incidentDaysMin,
      'reports look that far back for an outage that reaches into their month',
    ).default(1_830),
  })
  .prefault({})
  .superRefine(({ journalDays, evidenceDays, incidentDays }: KeepDays, context) => {
    if (evidenceDays < journalDays) {
      const message = `wanted: journalDays (${journalDays}) at least, of which evidence is a part`;
      context.addIssue({ code: 'custom', path: ['evidenceDays'], message });
    }
    if (incidentDays < Math.max(evidenceDays, journalDays)) {
      const message = `wanted: as many days as the evidence and the journal at least, which speak of incidents`;
      context.addIssue({ code: 'custom', path: ['incidentDays'], message });
    }
  });
