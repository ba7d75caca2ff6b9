// What an incident means for one thing of a customer: it was down, planned away, worse than it should be, or nobody could
// tell. A report claims "down" only for what the verdict proves; the rest is "sem dados", never "up". Reads only.
import { assertNever } from '../../../shared/assert.ts';
import type { SiteId } from '../../../shared/ids.ts';
import type { Cause } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import { hostCauseKey, linkCauseKey } from '../rules/finding.ts';

export const thingKinds = ['site', 'link', 'host'] as const;
export type ThingKind = (typeof thingKinds)[number];

export interface Thing {
  readonly kind: ThingKind;
  readonly site: SiteId;
  /** Of the link or host; of the site itself: empty. */
  readonly key: string;
}

/**
 * - `down`: it failed. - `planned`: it was away on purpose. - `degraded`: it carried, badly. - `unseen`: nobody could tell.
 */
export type Reach = 'down' | 'planned' | 'degraded' | 'unseen';

/** Causes that stop the machines of a site; any other leaves them unseen and perhaps running. */
const machinesStopped: readonly Cause[] = [
  'power',
  'button',
  'crash',
  'hang',
  'out-of-memory',
  'virtual-machine-killed',
];
/** Causes that lie at the site: a link in them is no fault of who sells it. */
const ownCauses: readonly Cause[] = ['gateway', 'lan', 'captive-portal', 'planned', 'power'];

/** Undefined: this incident says nothing of that thing. */
export function reachOf(incident: Incident, thing: Thing): Reach | undefined {
  if (incident.kind === 'own-outage') return 'unseen';
  if (incident.site !== thing.site) return undefined;
  const { kind, cause } = incident;
  const away = cause === 'planned' ? 'planned' : 'down';
  switch (kind) {
    case 'link-down':
    case 'link-degraded':
      // Which of its stretches were down and which degraded stands in the record's turns.
      return isLink(incident, thing) ? away : undefined;
    case 'host-down':
    case 'host-degraded':
      return isHost(incident, thing) || isSymptomHost(incident, thing) ? away : undefined;
    case 'agent-lost':
      return isHost(incident, thing) ? 'unseen' : undefined;
    case 'site-offline':
      return reachOfSite(incident, thing);
    case 'provider-outage':
      // Each customer's part is an incident of its own.
      return undefined;
    default:
      return assertNever(kind);
  }
}

function reachOfSite({ cause, symptoms }: Incident, thing: Thing): Reach {
  const planned = cause === 'planned';
  switch (thing.kind) {
    case 'site':
      return planned ? 'planned' : 'down';
    case 'link':
      if (cause === 'links' || cause === 'provider') return 'down';
      return !planned && symptoms.includes(linkCauseKey(thing.key)) ? 'down' : 'unseen';
    case 'host':
      if (planned) return 'planned';
      return machinesStopped.includes(cause) ? 'down' : 'unseen';
    default:
      return assertNever(thing.kind);
  }
}

/** What counts against the company that sells the link; `down` stretches only. */
export function isProvidersFault(incident: Incident): boolean {
  return !ownCauses.includes(incident.cause) && incident.layer !== 'gateway' && incident.layer !== 'lan';
}

function isLink(incident: Incident, thing: Thing): boolean {
  return thing.kind === 'link' && incident.link === thing.key;
}

function isHost(incident: Incident, thing: Thing): boolean {
  return thing.kind === 'host' && incident.host === thing.key;
}

/** Behind a dead machine: what is told of it there. */
function isSymptomHost({ symptoms }: Incident, thing: Thing): boolean {
  return thing.kind === 'host' && symptoms.includes(hostCauseKey(thing.key));
}
