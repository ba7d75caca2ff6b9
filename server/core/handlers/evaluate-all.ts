// Looks at every site that may owe an answer: after sight returned, after an import, when deadlines pass.
import type { Draft } from '../draft.ts';
import { evaluateSite } from '../rules/correlate.ts';
import type { Sight } from '../rules/suppress.ts';

/** Sites with an agent that is not live, or with incidents. */
export function evaluateQuietSites(draft: Draft, sight: Sight): void {
  for (const id of draft.topology.sites.keys()) {
    const record = draft.site(id);
    const quiet = record.agents.some((agent) => {
      const presence = draft.agent(agent)?.presence;
      return presence === 'suspected' || presence === 'silent' || presence === 'away';
    });
    if (quiet || record.incidents.length > 0) evaluateSite(draft, id, sight);
  }
}

/** Sites whose own wake has come. */
export function evaluateDueSites(draft: Draft, sight: Sight): void {
  for (const id of draft.topology.sites.keys()) {
    const { wakeAt } = draft.site(id);
    if (wakeAt !== undefined && wakeAt <= draft.now) evaluateSite(draft, id, sight);
  }
}
