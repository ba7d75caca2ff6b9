// The part of XPath that naming a value in a desk's answer needs: `/a/b`, `//a`, `a/b`, `*`, `.`, `@id`, `text()`,
// `[2]`, `[name='value']`, `[@id='value']`. Prefixes of namespaces are ignored. Stands over `xml.ts`.
// Must never evaluate an expression: a path that is not of this form is a mistake of the profile, told at the start.
import { limits } from '../../../../shared/limits.ts';
import { textOf, type XmlElement } from './xml.ts';

type Test =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'child'; readonly name: string; readonly value: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string };

interface Step {
  readonly deep: boolean;
  readonly name: string;
  readonly tests: readonly Test[];
}

export interface XPath {
  readonly absolute: boolean;
  readonly steps: readonly Step[];
  /** What of the elements is wanted: their text, or an attribute. */
  readonly attribute?: string;
}

const stepPattern = /^(\/\/|\/)?(text\(\)|[A-Za-z_][\w.-]*|\*|\.|@[A-Za-z_][\w.-]*)((?:\[[^\]]{1,100}\])*)/;
const testPattern = /^(?:([1-9][0-9]{0,4})|(@)?([A-Za-z_][\w.-]*)\s*=\s*(?:'([^']*)'|"([^"]*)"))$/;

/** Undefined when the text is not of the supported form. */
export function parseXPath(source: string): XPath | undefined {
  if (source.length > limits.deskPathCharsMax) return undefined;
  const steps: Step[] = [];
  const absolute = source.startsWith('/');
  let rest = source;
  while (rest !== '') {
    const found = stepPattern.exec(rest);
    if (found === null) return undefined;
    const [whole, axis = '', name = '', brackets = ''] = found;
    if (axis === '' && steps.length > 0) return undefined;
    rest = rest.slice(whole.length);
    const last = name.startsWith('@') || name === 'text()';
    if (last) {
      if (rest !== '' || brackets !== '' || axis === '//') return undefined;
      return name === 'text()' ? { absolute, steps } : { absolute, steps, attribute: name.slice(1) };
    }
    const tests = parseTests(brackets);
    if (tests === undefined) return undefined;
    steps.push({ deep: axis === '//', name, tests });
  }
  return steps.length === 0 ? undefined : { absolute, steps };
}

/** Elements that the path names, in document order, each once. A relative path starts at `from`. */
export function selectElements(path: XPath, from: XmlElement): readonly XmlElement[] {
  // The document itself is the parent of its root element, as in XPath.
  const document: XmlElement = { name: '', attributes: new Map(), children: [from] };
  let found: readonly XmlElement[] = [path.absolute ? document : from];
  for (const step of path.steps) {
    const next = new Set<XmlElement>();
    for (const element of found) for (const each of takeStep(step, element)) next.add(each);
    found = [...next];
  }
  return found;
}

/** Trimmed text (or attribute) of each element that the path names; elements without the attribute are left out. */
export function selectTexts(path: XPath, from: XmlElement): readonly string[] {
  const { attribute } = path;
  return selectElements(path, from)
    .map((element) => (attribute === undefined ? textOf(element) : element.attributes.get(attribute)))
    .flatMap((text) => (text === undefined ? [] : [text.trim()]));
}

function parseTests(brackets: string): readonly Test[] | undefined {
  const tests: Test[] = [];
  for (const [, inside = ''] of brackets.matchAll(/\[([^\]]*)\]/g)) {
    const found = testPattern.exec(inside.trim());
    if (found === null) return undefined;
    const [, position, at, name = '', single, double] = found;
    if (position !== undefined) tests.push({ kind: 'position', position: Number(position) });
    else tests.push({ kind: at === undefined ? 'child' : 'attribute', name, value: single ?? double ?? '' });
  }
  return tests;
}

function takeStep({ deep, name, tests }: Step, from: XmlElement): readonly XmlElement[] {
  if (name === '.') return [from];
  // Positions count among the children of one parent, also under `//`.
  const parents = deep ? [from, ...descendants(from)] : [from];
  return parents.flatMap((parent) => {
    let found = elementsOf(parent).filter((child) => name === '*' || child.name === name);
    for (const test of tests) found = found.filter((element, index) => passes(test, element, index));
    return found;
  });
}

function passes(test: Test, element: XmlElement, index: number): boolean {
  switch (test.kind) {
    case 'position':
      return index + 1 === test.position;
    case 'child':
      return elementsOf(element).some(
        (child) => child.name === test.name && textOf(child).trim() === test.value,
      );
    default:
      return element.attributes.get(test.name) === test.value;
  }
}

/** Document order; depth is bounded by `limits.deskXmlDepthMax`. */
function descendants(element: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const walk = (each: XmlElement): void => {
    for (const child of elementsOf(each)) {
      found.push(child);
      walk(child);
    }
  };
  walk(element);
  return found;
}

function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}
