// One incident with everything a technician needs to believe it: verdict, witnesses, refused hypotheses, timeline.
// Stands behind GET /incidents/{id}; decides nothing.
import type { IncidentDetail } from '../../../shared/api/incidents.ts';
import { toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { incidentRow, isoOrNull } from './incident-row.ts';
import {
  type Speech,
  sentenceOfRefusal,
  sentenceOfSymptom,
  sentenceOfTimeline,
  sentenceOfUndecided,
  sentenceOfWitness,
} from './sentences.ts';

export function incidentDetail(incident: Incident, speech: Speech): IncidentDetail {
  const { verdict } = incident;
  const site = incident.site === undefined ? undefined : speech.topology.sites.get(incident.site);
  return {
    ...incidentRow(incident, speech),
    verdict: {
      kind: verdict.kind,
      confidence: verdict.confidence,
      witnesses: verdict.witnesses.map((witness) => ({
        source: witness.source,
        who: witness.who,
        says: witness.says,
        since: isoOrNull(witness.since),
        text: sentenceOfWitness(witness, incident, speech),
      })),
      undecided: {
        causes: [...(verdict.undecided ?? [])],
        text: sentenceOfUndecided(verdict, speech) ?? null,
      },
      refused: verdict.refused.map((refused) => ({
        kind: refused.kind,
        cause: refused.cause ?? null,
        because: refused.because,
        text: sentenceOfRefusal(refused, speech),
      })),
    },
    timeline: incident.timeline.map((entry) => ({
      at: toIso(entry.at),
      kind: entry.kind,
      by: entry.by ?? null,
      text: sentenceOfTimeline(entry, incident, speech),
    })),
    symptoms: incident.symptoms.map((causeKey) => sentenceOfSymptom(causeKey, incident, speech)),
    sla: { priority: incident.priority, startsAt: toIso(incident.detectedAt), plan: site?.plan ?? null },
  };
}
