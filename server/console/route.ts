// Which page and which side panel is open, kept in the address's fragment so that a ticket can link to its incident and the
// browser's back button closes it: `#incident=inc-7-0`, `#ticket=VIG-2031`, `#manual`, and pages with what they are about:
// `#providers`, `#customers=aurora`, `#customers=aurora/matriz`. Must never scroll or reload the wall.

/** Beside the wall; each is a script of its own, loaded when it is first opened. */
export const pageNames = [
  'customers',
  'providers',
  'agents',
  'planned',
  'reports',
  'channels',
  'people',
  'incident-page',
] as const;
export type PageName = (typeof pageNames)[number];

export type Route =
  | { readonly kind: 'wall' }
  | { readonly kind: 'incident'; readonly id: string }
  | { readonly kind: 'ticket'; readonly protocol: string }
  /** What waits for a person at the desk. */
  | { readonly kind: 'manual' }
  /** For a screen nobody touches: the wall, large, without anything to press. */
  | { readonly kind: 'television' }
  /** `about` is what stands after the equals sign, decoded; empty where nothing does. */
  | { readonly kind: 'page'; readonly page: PageName; readonly about: string };

export const wallHash = '#wall';
export const manualHash = '#manual';
export const televisionHash = '#television';

/** Anything it does not know is the wall itself. */
export function routeOf(hash: string): Route {
  if (hash === manualHash) return { kind: 'manual' };
  if (hash === televisionHash) return { kind: 'television' };
  const [name, value] = splitOnce(hash.replace(/^#/, ''));
  const page = pageNames.find((each) => each === name);
  if (page !== undefined) return { kind: 'page', page, about: value ?? '' };
  if (value === undefined || value === '') return { kind: 'wall' };
  if (name === 'incident') return { kind: 'incident', id: value };
  if (name === 'ticket') return { kind: 'ticket', protocol: value };
  return { kind: 'wall' };
}

export function incidentHash(id: string): string {
  return `#incident=${encodeURIComponent(id)}`;
}

export function ticketHash(protocol: string): string {
  return `#ticket=${encodeURIComponent(protocol)}`;
}

/** Slashes stay readable: `#customers=aurora/matriz`. */
export function pageHash(page: PageName, about = ''): string {
  if (about === '') return `#${page}`;
  return `#${page}=${about.split('/').map(encodeURIComponent).join('/')}`;
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), decoded(text.slice(equals + 1))];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
