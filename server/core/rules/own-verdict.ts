// The verdict on Vigia itself: what its own anchors say, how many sites fell silent, and why it is neither a provider's
// outage nor the customers'. Part of `own-outage.ts`; must never speak of a customer's site by name.
import type { Instant } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Verdict, Witness } from '../incident.ts';
import type { ServerState } from '../state.ts';
import { countQuiet } from './mass-silence.ts';

/** `since` = the blindness began. The counts are those of this moment. */
export function ownVerdict(draft: Draft, since: Instant): Verdict {
  const anchorsLost = draft.server.blindBecause === 'anchors-lost';
  const silences = silenceWitness(draft, since);
  return {
    kind: 'own-outage',
    confidence: 'confirmed',
    witnesses: anchorsLost
      ? [{ source: 'own-anchors', who: 'vigia', says: 'anchors-lost', since }, ...silences]
      : [...silences, ...goodAnchors(draft.server)],
    refused: [
      { kind: 'provider-outage', because: anchorsLost ? 'own-anchors-lost' : 'several-providers-silent' },
      { kind: 'site-offline', because: anchorsLost ? 'own-anchors-lost' : 'beyond-chance' },
    ],
  };
}

/** The verdict speaks of what the server is blind by now. */
export function isVerdictOn({ blindBecause }: ServerState, { witnesses }: Verdict): boolean {
  return (blindBecause === 'anchors-lost') === (witnesses[0]?.says === 'anchors-lost');
}

/** Beside lost anchors a single silent site says nothing; without them the silence is the verdict. */
function silenceWitness(draft: Draft, since: Instant): readonly Witness[] {
  const { sites, quiet } = countQuiet(draft);
  const isMass = quiet.length >= draft.policy.massSitesMin;
  if (draft.server.blindBecause === 'anchors-lost' && !isMass) return [];
  const share = `${Math.round((100 * quiet.length) / Math.max(1, sites))} %`;
  const providers = new Set(quiet.map((site) => site.provider)).size;
  const facts = { sites: quiet.length, share, providers };
  return [{ source: 'silence', who: 'vigia', says: 'many-sites-silent', since, facts }];
}

/** Whether the own internet works is known only once it was measured. */
function goodAnchors({ anchorsReachable, anchorsSince }: ServerState): readonly Witness[] {
  if (anchorsReachable !== true) return [];
  return [{ source: 'own-anchors', who: 'vigia', says: 'anchors-good', since: anchorsSince }];
}
