// A small, strict XML reader for desks' answers. Stands between the bytes of an answer and `xpath.ts`. It knows elements,
// attributes, text, CDATA, comments and the five named entities, and nothing else: no DTD, no entity of the document's
// own, nothing external. That is the whole attack surface of XML, and a hundred lines are cheaper to keep than a package.
// Must never go deeper or grow larger than the limits, and must never guess what damaged markup meant.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

interface OpenElement {
  readonly qualified: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (XmlElement | string)[];
}

/** Fails with `input.invalid`: not well formed, has a DTD, is larger than `limits.deskXml...`. */
export function parseXml(text: string): Result<XmlElement> {
  const reader = new XmlReader(text);
  try {
    return ok(reader.document());
  } catch (error) {
    if (!(error instanceof XmlMistake)) throw error;
    return fail(failure('input.invalid', `XML inválido na posição ${error.at}: ${error.message}`));
  }
}

/** All text below an element, in document order. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

class XmlMistake extends Error {
  override name = 'XmlMistake';
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const namePattern = /[A-Za-z_:\u00c0-\uffff][-\w.:\u00b7-\uffff]*/y;
const spacePattern = /[ \t\r\n]*/y;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class XmlReader {
  readonly #text: string;
  #at = 0;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  /** Declaration, comments, one element, comments. Elements are kept on a list, not on the call stack. */
  document(): XmlElement {
    this.#aside();
    if (this.#text[this.#at] !== '<') this.#wrong('falta o elemento raiz');
    const open: OpenElement[] = [];
    let root: XmlElement | undefined;
    while (root === undefined) {
      const top = open.at(-1);
      if (top !== undefined) this.#content(top.children);
      if (this.#takes('</')) {
        if (top === undefined) this.#wrong('fechamento sem abertura');
        if (this.#name() !== top.qualified) this.#wrong(`esperado </${top.qualified}>`);
        this.#space();
        this.#must('>');
        open.pop();
        root = this.#closed(top, open);
        continue;
      }
      this.#must('<');
      const { element, empty } = this.#startTag();
      if (empty) root = this.#closed(element, open);
      else open.push(element);
      if (open.length > limits.deskXmlDepthMax) this.#wrong('elementos aninhados demais');
    }
    this.#aside();
    if (this.#at < this.#text.length) this.#wrong('há texto depois do elemento raiz');
    return root;
  }

  #closed({ name, attributes, children }: OpenElement, open: readonly OpenElement[]): XmlElement | undefined {
    const element: XmlElement = { name, attributes, children };
    const parent = open.at(-1);
    if (parent === undefined) return element;
    parent.children.push(element);
    return undefined;
  }

  #startTag(): { readonly element: OpenElement; readonly empty: boolean } {
    const qualified = this.#name();
    const attributes = new Map<string, string>();
    for (;;) {
      const before = this.#at;
      this.#space();
      const spaced = this.#at > before;
      const empty = this.#takes('/>');
      if (empty || this.#takes('>')) {
        this.#count();
        return { element: { qualified, name: localName(qualified), attributes, children: [] }, empty };
      }
      if (!spaced) this.#wrong('esperado espaço, > ou />');
      this.#attribute(attributes);
    }
  }

  #attribute(attributes: Map<string, string>): void {
    const name = localName(this.#name());
    this.#space();
    this.#must('=');
    this.#space();
    const quote = this.#takes('"') ? '"' : "'";
    if (quote === "'") this.#must("'");
    const end = this.#text.indexOf(quote, this.#at);
    if (end < 0) this.#wrong('atributo sem fim');
    const raw = this.#text.slice(this.#at, end);
    if (raw.includes('<')) this.#wrong('"<" dentro de um atributo');
    if (attributes.has(name)) this.#wrong(`atributo repetido: ${name}`);
    attributes.set(name, this.#unescaped(raw));
    this.#count();
    this.#at = end + 1;
  }

  /** Text, CDATA, comments and instructions up to the next tag. */
  #content(children: (XmlElement | string)[]): void {
    for (;;) {
      const end = this.#text.indexOf('<', this.#at);
      if (end < 0) this.#wrong('elemento sem fim');
      if (end > this.#at) {
        children.push(this.#unescaped(this.#text.slice(this.#at, end)));
        this.#count();
        this.#at = end;
      }
      if (this.#takes('<![CDATA[')) children.push(this.#upTo(']]>'));
      else if (this.#takes('<!--')) this.#upTo('-->');
      else if (this.#takes('<?')) this.#upTo('?>');
      else if (this.#text.startsWith('<!', this.#at)) this.#wrong('DTD e entidades próprias não são aceitas');
      else return;
      this.#count();
    }
  }

  /** What may stand before and after the root element. */
  #aside(): void {
    for (;;) {
      this.#space();
      if (this.#takes('<?')) this.#upTo('?>');
      else if (this.#takes('<!--')) this.#upTo('-->');
      else if (this.#text.startsWith('<!', this.#at)) this.#wrong('DTD e entidades próprias não são aceitas');
      else return;
      this.#count();
    }
  }

  #unescaped(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replace(/&([^;&]{0,12};?)/g, (_, found: string) => {
      const name = found.endsWith(';') ? found.slice(0, -1) : '';
      const known = Object.hasOwn(entities, name) ? entities[name] : characterOf(name);
      return known ?? this.#wrong(`entidade desconhecida: &${found}`);
    });
  }

  #name(): string {
    namePattern.lastIndex = this.#at;
    const found = namePattern.exec(this.#text)?.[0];
    if (found === undefined) return this.#wrong('esperado um nome');
    this.#at += found.length;
    return found;
  }

  #space(): void {
    spacePattern.lastIndex = this.#at;
    this.#at += spacePattern.exec(this.#text)?.[0].length ?? 0;
  }

  #takes(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    return true;
  }

  #must(literal: string): void {
    if (!this.#takes(literal)) this.#wrong(`esperado "${literal}"`);
  }

  #upTo(end: string): string {
    const at = this.#text.indexOf(end, this.#at);
    if (at < 0) this.#wrong(`falta "${end}"`);
    const inside = this.#text.slice(this.#at, at);
    this.#at = at + end.length;
    return inside;
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > limits.deskXmlNodesMax) this.#wrong('elementos demais');
  }

  #wrong(message: string): never {
    throw new XmlMistake(this.#at, message);
  }
}

function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(':') + 1);
}

/** `#233` and `#xE9`; undefined for anything that is no character of XML 1.0. */
function characterOf(name: string): string | undefined {
  const parts = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (parts === null) return undefined;
  const code = parts[1] === undefined ? Number(parts[2]) : Number.parseInt(parts[1], 16);
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  const control = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
  return code > 0x10ffff || surrogate || control ? undefined : String.fromCodePoint(code);
}
