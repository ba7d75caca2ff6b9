// Where the providers' outages stand: an outage names no place of its own, the customers' incidents it explains do. And which
// part of the map the page's address means. Pure functions.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import type { BrazilianState } from '../../../../shared/states.ts';
import { type IncidentGroup, siteOf } from '../../select.ts';
import { brazilianState } from './brazil.ts';

export interface StandingOutage {
  readonly row: IncidentRow;
  /** Its towns, by state, in the order of its incidents. */
  readonly towns: ReadonlyMap<string, readonly string[]>;
}

/** Sites that the viewer may not see, or that left the inventory, name no town. */
export function placeOutages(
  outages: readonly IncidentGroup[],
  sites: ReadonlyMap<string, SiteRow>,
): readonly StandingOutage[] {
  return outages.map(({ row, children }) => {
    const towns = new Map<string, readonly string[]>();
    for (const child of children) {
      const site = sites.get(siteOf(child) ?? '');
      if (site === undefined) continue;
      const known = towns.get(site.state) ?? [];
      if (!known.includes(site.city)) towns.set(site.state, [...known, site.city]);
    }
    return { row, towns };
  });
}

export interface MapPlace {
  /** Empty: all of them. */
  readonly provider: string;
  readonly state: BrazilianState | undefined;
}

/** Of the address: `vivo`, `vivo/PR`, `/PR`. */
export function mapPlaceOf(about: string): MapPlace {
  const cut = about.lastIndexOf('/');
  const state = cut < 0 ? undefined : brazilianState(about.slice(cut + 1));
  return state === undefined ? { provider: about, state } : { provider: about.slice(0, cut), state };
}

/** The address of it, for `pageHash`. */
export function aboutOf({ provider, state }: MapPlace): string {
  return state === undefined ? provider : `${provider}/${state}`;
}
