// What a person sees of HTML in a fake desk's window: read the way a browser does, apart from the adapters' own reading,
// so that text taken for markup shows as lost text.
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

export function seenInBrowser(html: string): string {
  let seen = '';
  let index = 0;
  while (index < html.length) {
    const rest = html.slice(index);
    const tag = /^<(\/?)([a-z][a-z0-9]*)[^>]*>/i.exec(rest);
    const entity = /^&(#\d+|[a-z]+);/i.exec(rest);
    if (tag !== null) {
      if (tag[2]?.toLowerCase() === 'br') seen += '\n';
      index += tag[0].length;
    } else if (entity !== null) {
      const name = entity[1] ?? '';
      seen += name.startsWith('#')
        ? String.fromCodePoint(Number(name.slice(1)))
        : (entities[name] ?? entity[0]);
      index += entity[0].length;
    } else {
      // A line end in HTML is a space.
      const sign = html.charAt(index);
      seen += sign === '\n' ? ' ' : sign;
      index += 1;
    }
  }
  return seen;
}
