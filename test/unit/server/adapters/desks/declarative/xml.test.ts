// The XML reader and its paths: what a desk's answer may hold, and every trick that it may not.
import { describe, expect, it } from 'vitest';
import { parseXml, textOf } from '../../../../../../server/adapters/desks/declarative/xml.ts';
import { parseXPath, selectTexts } from '../../../../../../server/adapters/desks/declarative/xpath.ts';
import { limits } from '../../../../../../shared/limits.ts';

function select(path: string, text: string): readonly string[] | undefined {
  const xml = parseXml(text);
  if (!xml.ok) throw new Error(xml.failure.message);
  const parsed = parseXPath(path);
  return parsed && selectTexts(parsed, xml.value);
}

const list = `<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- uma lista -->
<h:lista xmlns:h="urn:x" total='2'>
  <ticket id="1"><numero> 101 </numero><assunto>São &lt;Paulo&gt; &amp; &#231;&#xE3;o</assunto></ticket>
  <ticket id="2"><numero>102</numero><assunto><![CDATA[<b>3º & "x"</b>]]></assunto><numero>não</numero></ticket>
  <vazio/><vazio atributo="">
  </vazio>
</h:lista>
<!-- fim -->`;

describe('xml', () => {
  it.each([
    ['//numero', ['101', '102', 'não']],
    ['/lista/ticket/numero', ['101', '102', 'não']],
    ['/lista/ticket[2]/numero[1]', ['102']],
    ["//ticket[@id='2']/assunto", ['<b>3º & "x"</b>']],
    ['//ticket[numero="101"]/assunto', ['São <Paulo> & ção']],
    ['//ticket/@id', ['1', '2']],
    ['/lista/@total', ['2']],
    ['/lista/*/numero/text()', ['101', '102', 'não']],
    ['//inexistente', []],
    ['/ticket', []],
    ['//vazio/@atributo', ['']],
    ['./ticket[9]', []],
  ])('%s', (path, wanted) => {
    expect(select(path, list)).toEqual(wanted);
  });

  it.each([
    'numero()',
    "//a[contains(.,'x')]",
    '//a[1]b',
    'a//@id/b',
    '//',
    '/',
    '',
    '..',
    'a[position()=1]',
    'a|b',
    '@a@b',
    `/${'a'.repeat(limits.deskPathCharsMax)}`,
  ])('takes no path %s', (path) => {
    expect(parseXPath(path)).toBeUndefined();
  });

  it.each([
    ['a DTD', '<!DOCTYPE a><a/>'],
    ['the billion laughs', '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['a DTD inside', '<a><!DOCTYPE b></a>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a lone ampersand', '<a>Silva & Silva</a>'],
    ['a control character', '<a>&#0;</a>'],
    ['half a surrogate', '<a>&#xD800;</a>'],
    ['beyond Unicode', '<a>&#x110000;</a>'],
    ['an entity of an object', '<a>&constructor;</a>'],
    ['an element without an end', '<a><b></a>'],
    ['an end without an element', '</a>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>fim'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['attributes without space', '<a b="1"c="2"/>'],
    ['markup in an attribute', '<a b="<"/>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['nothing', ''],
    ['plain text', 'ERRO: servicekey'],
    ['an HTML page', '<html><br></html>'],
    ['depth', `${'<a>'.repeat(limits.deskXmlDepthMax + 1)}${'</a>'.repeat(limits.deskXmlDepthMax + 1)}`],
    ['masses', `<a>${'<b/>'.repeat(limits.deskXmlNodesMax + 1)}</a>`],
  ])('refuses %s', (_, text) => {
    expect(parseXml(text)).toMatchObject({ ok: false, failure: { code: 'input.invalid' } });
  });

  it('takes what just fits', () => {
    const deep = limits.deskXmlDepthMax;
    expect(parseXml(`${'<a>'.repeat(deep)}x${'</a>'.repeat(deep)}`).ok).toBe(true);
    expect(parseXml(`<a>${'<b/>'.repeat(limits.deskXmlNodesMax - 1)}</a>`).ok).toBe(true);
  });

  it('reads 2 MB of unfinished markup at once', () => {
    const began = performance.now();
    for (const part of ['<a ', '&', '<!--', '<a b="', '<', '&#', '<a>x'])
      parseXml(`<a>${part.repeat(limits.deskAnswerBytesMax / 8 / part.length)}`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('keeps text to the byte', () => {
    const xml = parseXml('<a>\n São Paulo - ação, 3º andar \n</a>');
    expect(xml.ok && textOf(xml.value)).toBe('\n São Paulo - ação, 3º andar \n');
  });
});
