// A stranger's text as one harmless line: nothing in it that a terminal or a screen obeys (controls, line breaks, marks
// that turn the direction of writing, halves of characters). Not an escape for HTML: who writes HTML escapes.

/** Characters beyond `charsMax` are cut, where given. */
export function plainLine(text: string, charsMax = Number.POSITIVE_INFINITY): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line.length <= charsMax) return line;
  // No half of a character is left at the cut.
  return `${line.slice(0, Math.max(0, charsMax - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}
