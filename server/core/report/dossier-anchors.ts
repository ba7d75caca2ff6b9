// The addresses of one incident's dossiers, one for each link it took down, as both printed pages offer them. Beside
// `GET /reports/availability` and `GET /reports/dossier` itself: relative to either. Pure.
import type { DossierWords } from './dossier-words.ts';
import type { ReachedLink } from './links-reached.ts';
import { type Markup, markup } from './markup.ts';

/** Names with their addresses, joined by a dot; keys and ids need no escape in a query, the markup escapes the rest. */
export function dossierAnchors(
  incident: string,
  links: readonly ReachedLink[],
  language: DossierWords['language'],
): Markup {
  return links
    .map(({ key, name }) => {
      const address = `dossier?incident=${incident}&link=${key}&format=html&language=${language}`;
      return markup`<a href="${address}">${name}</a>`;
    })
    .reduce((before, next) => markup`${before} · ${next}`);
}
