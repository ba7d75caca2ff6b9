// One incident with everything a technician needs to believe it: verdict, witnesses, refused hypotheses, timeline, and whom
// to call. Stands behind GET /incidents/{id}; decides nothing.
import type { IncidentDetail } from '../../../shared/api/incidents.ts';
import { toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { contactsOf } from './contacts.ts';
import { hintsFor } from './hints.ts';
import { incidentRow, isoOrNull } from './incident-row.ts';
import {
  sentenceOfRefusal,
  sentenceOfSymptom,
  sentenceOfTimeline,
  sentenceOfUndecided,
  sentenceOfWitness,
} from './sentences.ts';
import { type Reading, whySentence } from './sla-view.ts';
import { stretchRows } from './stretch-rows.ts';

export function incidentDetail(incident: Incident, reading: Reading): IncidentDetail {
  const { verdict } = incident;
  const row = incidentRow(incident, reading);
  return {
    ...row,
    verdict: {
      kind: verdict.kind,
      confidence: verdict.confidence,
      witnesses: verdict.witnesses.map((witness) => ({
        source: witness.source,
        who: witness.who,
        says: witness.says,
        since: isoOrNull(witness.since),
        text: sentenceOfWitness(witness, incident, reading),
      })),
      undecided: {
        causes: [...(verdict.undecided ?? [])],
        text: sentenceOfUndecided(verdict, reading) ?? null,
      },
      refused: verdict.refused.map((refused) => ({
        kind: refused.kind,
        cause: refused.cause ?? null,
        because: refused.because,
        text: sentenceOfRefusal(refused, reading),
      })),
    },
    timeline: incident.timeline.map((entry) => ({
      at: toIso(entry.at),
      kind: entry.kind,
      by: entry.by ?? null,
      text: sentenceOfTimeline(entry, incident, reading),
    })),
    stretches: stretchRows(incident, reading.now),
    symptoms: incident.symptoms.map((causeKey) => sentenceOfSymptom(causeKey, incident, reading)),
    sla: { ...row.sla, why: whySentence(incident, reading) ?? null },
    hints: hintsFor(incident, reading.hints, reading.topology).map(({ id, title, steps }) => ({
      id,
      title,
      steps: [...steps],
    })),
    ...contactsOf(incident, reading),
  };
}
