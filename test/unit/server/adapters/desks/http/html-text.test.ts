// Text in desks that keep HTML: it comes back equal, and it is never taken for markup.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEntities,
  htmlOfText,
  textOfHtml,
} from '../../../../../../server/adapters/desks/http/html-text.ts';
import { seenInBrowser } from '../../../../../fakes/desks/rich-text.ts';

/** Texts full of what HTML reads. */
const markup = fc.constantFrom(
  '<b>',
  '</p>',
  '<br>',
  '&amp;',
  '&#60;',
  '&',
  '<',
  '"',
  "'",
  '\n',
  ' ',
  'ação',
  '3º',
  '<p>',
);
const anyText = fc.oneof(
  fc.array(markup, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\r', '')),
);

describe('html text', () => {
  it('comes back equal, whatever stands in it', () => {
    fc.assert(fc.property(anyText, (text) => textOfHtml(htmlOfText(text)) === text));
  });

  it('shows in a browser as it was written', () => {
    fc.assert(fc.property(anyText, (text) => seenInBrowser(htmlOfText(text)) === text));
  });

  it('keeps no tag but its own frame and line ends', () => {
    const html = htmlOfText('<script>alert(1)</script>\n<img src=x>');
    expect(html.replaceAll('<br>', '').slice(3, -4)).not.toMatch(/[<>]/);
  });

  it('reads what people write in the desk, a line for each block', () => {
    expect(textOfHtml('<div>Liguei para a operadora.</div><div>Protocolo <b>123</b> &amp; prazo</div>')).toBe(
      'Liguei para a operadora.\nProtocolo 123 & prazo',
    );
  });

  it('takes text without a frame as it is, with one kind of line end', () => {
    expect(textOfHtml('a < b &amp; c\r\n<b>')).toBe('a < b &amp; c\n<b>');
  });

  it('decodes one level and leaves what is no entity', () => {
    expect(decodeEntities('&amp;lt; &x; &#x41; &#0; &#99999999;')).toBe('&lt; &x; A &#0; &#99999999;');
  });
});
