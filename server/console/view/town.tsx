// The town of a site beside its name: `· Campinas/SP`. Nothing for the server's own computer, which has none.
import type { SiteRow } from '../../../shared/api/wall.ts';

export function townOf(site: Pick<SiteRow, 'city' | 'state'>): string {
  return [site.city, site.state].filter((part) => part !== '').join('/');
}

export function TownText({ site }: { readonly site: Pick<SiteRow, 'city' | 'state'> }) {
  const town = townOf(site);
  return town === '' ? null : <span className="muted"> · {town}</span>;
}
