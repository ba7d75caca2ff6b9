// Which side panel is open, kept in the address's fragment so that a ticket can link to its incident and the browser's
// back button closes it: `#incident=inc-7-0`, `#ticket=VIG-2031`, `#manual`. Must never scroll or reload the wall.

export type Route =
  | { readonly kind: 'wall' }
  | { readonly kind: 'incident'; readonly id: string }
  | { readonly kind: 'ticket'; readonly protocol: string }
  /** What waits for a person at the desk. */
  | { readonly kind: 'manual' };

export const manualHash = '#manual';

/** Anything it does not know is the wall itself. */
export function routeOf(hash: string): Route {
  if (hash === manualHash) return { kind: 'manual' };
  const [name, value] = splitOnce(hash.replace(/^#/, ''));
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
