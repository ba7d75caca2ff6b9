// Plain text in desks that keep HTML: what is written must show as it was meant and be read back equal, and must never
// be taken for markup. Shared by adapters under `adapters/desks`; knows no desk and cleans nothing for display.

/** One paragraph: markup escaped, line ends as `<br>`. Its frame (`<p>…</p>`) is how `textOfHtml` knows its own work. */
export function htmlOfText(text: string): string {
  return `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`;
}

/**
 * The text a person sees in HTML made here or by the desk's own editor; `textOfHtml(htmlOfText(text)) === text`.
 * Content that does not begin with a tag is plain text already and comes back as it is, with `\n` as line end.
 */
export function textOfHtml(content: string): string {
  const html = content.replaceAll('\r\n', '\n').trim();
  if (!/^<[a-z][^>]*>/i.test(html)) return content.replaceAll('\r\n', '\n');
  const own = /^<p>(?<inner>[^<]*(?:<br ?\/?>[^<]*)*)<\/p>$/.exec(html)?.groups?.inner;
  if (own !== undefined) return decodeEntities(own.replace(/<br ?\/?>/g, '\n'));
  const lines = html.replace(/<br ?\/?>|<\/(p|div|li|tr|h\d)>/gi, '\n').replace(/<[^>]*>/g, '');
  return decodeEntities(lines).trim();
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** One level: `&amp;lt;` becomes `&lt;`. What is no entity stays as it is. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
