// What a desk's answer means by its profile: done, no such record, or which of the failures. Stands between `http/call.ts`
// and the client. Status codes lie, so success is only what the profile says it is; whatever fits no rule and is no plain
// refusal is `desk.uncertain`. Must never take an answer that cannot be read for a yes, a no or an empty list.
import { assertNever } from '../../../../shared/assert.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { type DeskAnswer, type DeskHttp, quote, refusal, retryAfterOf, uncertain } from '../http/call.ts';
import { type Charset, charsetOf, decodeText } from './charset.ts';
import { selectTexts as jsonTexts, selectValues } from './json-path.ts';
import type { BodyRule, Extraction, Operation, RecordRule, When } from './profile-schema.ts';
import { parseXml, type XmlElement } from './xml.ts';
import { selectElements, selectTexts as xmlTexts } from './xpath.ts';

/** One place of an answer in the forms in which it can be read; a form that it does not have is undefined. */
export interface Source {
  readonly text: () => string | undefined;
  readonly json: () => unknown;
  readonly xml: () => XmlElement | undefined;
  readonly header: (name: string) => string | undefined;
}

export type Judged =
  | { readonly kind: 'ok'; readonly source: Source }
  | { readonly kind: 'none'; readonly source: Source }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Answered {
  readonly desk: DeskHttp;
  readonly operation: Operation;
  readonly charset: Charset;
  readonly answer: DeskAnswer;
}

/** 1. the profile's errors, the first that holds; 2. its `none`; 3. its `ok`; 4. what the status says by itself. */
export function judge({ desk, operation: { answer: rules }, charset, answer }: Answered): Judged {
  const source = sourceOf(answer, charset);
  const holds = (when: When): boolean => holdsFor(when, answer.status, source);
  const error = rules.errors.find(({ when }) => holds(when));
  if (error !== undefined) return { kind: 'failed', failure: failureOf(error.means, desk, answer) };
  if (rules.none !== undefined && holds(rules.none)) return { kind: 'none', source };
  if (holds(rules.ok)) return { kind: 'ok', source };
  if (answer.status < 300) {
    const said = quote(desk, answer.bytes);
    const message = `${desk.name} respondeu ${answer.status} com algo que o perfil não reconhece: ${said}`;
    return { kind: 'failed', failure: uncertain(message) };
  }
  return { kind: 'failed', failure: refusal(desk, answer.status, answer.headers, answer.bytes) };
}

type Meaning = Operation['answer']['errors'][number]['means'];

function failureOf(means: Meaning, desk: DeskHttp, { status, headers, bytes }: DeskAnswer): Failure {
  const said = `${desk.name} respondeu ${status}: ${quote(desk, bytes)}`;
  switch (means) {
    case 'refused':
      return failure('desk.refused', said);
    case 'unauthorised':
      return failure('desk.unauthorised', said, { retryable: true });
    case 'limited': {
      const retryAfterMs = retryAfterOf(headers, desk.clock.now());
      return failure('desk.limited', said, { retryable: true, retryAfterMs });
    }
    case 'uncertain':
      return uncertain(said);
    default:
      return assertNever(means);
  }
}

function holdsFor({ status, body }: When, given: number, source: Source): boolean {
  if (status !== undefined && !status.includes(given)) return false;
  return body === undefined || truthOf(body, source) === true;
}

/** Undefined: it cannot be told, because the body is not of the form that the rule speaks of. No `not` turns that round. */
type Truth = boolean | undefined;

function truthOf(rule: BodyRule, source: Source): Truth {
  const truths: Truth[] = [];
  const text = source.text();
  if (rule.empty !== undefined)
    truths.push(text === undefined ? undefined : (text.trim() === '') === rule.empty);
  if (rule.contains !== undefined) truths.push(text?.includes(rule.contains));
  if (rule.matches !== undefined) {
    truths.push(text === undefined ? undefined : rule.matches.pattern.match(text) !== undefined);
  }
  if (rule.json !== undefined) truths.push(jsonTruth(rule.json.path, rule.equals, source));
  if (rule.xpath !== undefined) truths.push(xmlTruth(rule.xpath.path, rule.equals, source));
  if (rule.not !== undefined) {
    const inner = truthOf(rule.not, source);
    truths.push(inner === undefined ? undefined : !inner);
  }
  if (rule.all !== undefined) truths.push(every(rule.all.map((each) => truthOf(each, source))));
  if (rule.any !== undefined) truths.push(some(rule.any.map((each) => truthOf(each, source))));
  return every(truths);
}

function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

type JsonRulePath = NonNullable<BodyRule['json']>['path'];
type XmlRulePath = NonNullable<BodyRule['xpath']>['path'];

function jsonTruth(path: JsonRulePath, equals: string | undefined, source: Source): Truth {
  const json = source.json();
  if (json === undefined) return undefined;
  return equals === undefined ? selectValues(path, json).length > 0 : jsonTexts(path, json).includes(equals);
}

function xmlTruth(path: XmlRulePath, equals: string | undefined, source: Source): Truth {
  const xml = source.xml();
  if (xml === undefined) return undefined;
  const texts = xmlTexts(path, xml);
  return equals === undefined ? texts.length > 0 : texts.includes(equals);
}

/** All texts that the rule names there, without empty ones. */
export function extractAll(rule: Extraction, source: Source): readonly string[] {
  const { pattern } = rule;
  const found = rawTexts(rule, source);
  const matched =
    pattern === undefined
      ? found
      : found.flatMap((text) => {
          const match = pattern.pattern.match(text);
          return match === undefined ? [] : [match.group ?? match.whole];
        });
  return matched.map((text) => text.trim()).filter((text) => text !== '');
}

export function extractOne(rule: Extraction | undefined, source: Source): string | undefined {
  return rule === undefined ? undefined : extractAll(rule, source)[0];
}

function rawTexts({ json, xpath, header }: Extraction, source: Source): readonly string[] {
  if (json !== undefined) return jsonTexts(json.path, source.json());
  if (xpath !== undefined) {
    const xml = source.xml();
    return xml === undefined ? [] : xmlTexts(xpath.path, xml);
  }
  const text = header === undefined ? source.text() : source.header(header);
  return text === undefined ? [] : [text];
}

/** Each record of a list as a source of its own; without `each` the whole answer. */
export function recordSources({ each }: RecordRule, source: Source): readonly Source[] {
  if (each === undefined) return [source];
  const nothing = {
    text: () => undefined,
    json: () => undefined,
    xml: () => undefined,
    header: source.header,
  };
  if (each.json !== undefined) {
    return selectValues(each.json.path, source.json()).map((value) => ({ ...nothing, json: () => value }));
  }
  const xml = source.xml();
  if (each.xpath === undefined || xml === undefined) return [];
  return selectElements(each.xpath.path, xml).map((element) => ({ ...nothing, xml: () => element }));
}

/** Each form is read at most once, and only when a rule asks for it. */
function sourceOf(answer: DeskAnswer, fallback: Charset): Source {
  const text = once(() => decodeText(answer.bytes, charsetFor(answer, fallback)));
  const json = once(() => parseJson(text()));
  const xml = once(() => {
    const parsed = parseXml(text() ?? '');
    return parsed.ok ? parsed.value : undefined;
  });
  return { text, json, xml, header: (name) => answer.headers.get(name) ?? undefined };
}

/** What the header says, then what an XML declaration says, then what the profile says. */
function charsetFor({ headers, bytes }: DeskAnswer, fallback: Charset): Charset {
  const told = /charset\s*=\s*"?([^\s;"]+)/i.exec(headers.get('content-type') ?? '')?.[1];
  const head = Buffer.from(bytes.subarray(0, 120)).toString('latin1');
  const declared = /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1];
  const label = told ?? declared;
  return label === undefined ? fallback : (charsetOf(label) ?? fallback);
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the rules that ask for JSON cannot be told.
    return undefined;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
