// One operation of a profile and its values become the exact bytes of one request. Pure but for the hashes: the doctor
// shows what comes out of here, and the client sends the same. Every value is escaped for where it lands, so that no
// text of a customer, provider or desk can become syntax.
import { createHash, createHmac, hash } from 'node:crypto';
import { assert } from '../../../../shared/assert.ts';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { DeskRequest } from '../http/call.ts';
import { type Charset, encodeText, fitText } from './charset.ts';
import type { Profile } from './profile.ts';
import { isTemplate, templatesIn, templatesOf } from './profile-check.ts';
import type { Computed, Content, JsonLeaf, Operation, OperationName } from './profile-schema.ts';
import { asItIs, fill, namesIn, type Template, type Values } from './template.ts';

export interface Rendered {
  readonly method: DeskRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Characters that the charset lacks and that were written as others. */
  readonly replaced: readonly string[];
}

export interface RenderOptions {
  readonly profile: Profile;
  readonly name: OperationName;
  /** Settings (vars, secrets) and the operation's own values; computed ones are made here. */
  readonly values: Values;
  /** The doctor's: shown in place of what is computed; undefined computes it. */
  readonly cover?: (name: string) => string | undefined;
}

/** The operation must exist. Fails with `desk.refused`: a text cannot be written as this profile wants it. */
export function render({ profile, name, values, cover }: RenderOptions): Result<Rendered> {
  const operation = profile.operations[name];
  assert(operation !== null, `the profile has the operation ${name}`);
  const fitted = fittedValues(profile, operation, values);
  if (!fitted.ok) return fitted;
  const known = new Map(fitted.value.values);
  for (const [each, computed] of Object.entries(profile.computed)) {
    const complete = templatesOf(computed).every((template) =>
      namesIn(template).every((used) => known.has(used)),
    );
    if (complete) known.set(each, cover?.(each) ?? computedValue(computed, known, profile.charset));
  }
  const url = urlOf(profile, operation, known);
  if (!url.ok) return url;
  // JSON and XML write any character themselves; they get the text as it is.
  const whole = new Map([...known, ...values]);
  const content = contentOf(operation.content, { profile, fitted: known, whole });
  if (!content.ok) return content;
  const own = Object.entries(operation.headers).map(([header, template]) => [
    header.toLowerCase(),
    fill(template, known, asItIs),
  ]);
  const { type, body } = content.value;
  return ok({
    method: operation.method,
    url: url.value,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...Object.fromEntries(own) },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    replaced: fitted.value.replaced,
  });
}

interface FittedValues {
  readonly values: Values;
  readonly replaced: readonly string[];
}

/** Only what is written in the charset itself is fitted, or refused; the rest stays as it is. */
function fittedValues(profile: Profile, operation: Operation, values: Values): Result<FittedValues> {
  const { encoding } = operation.content;
  const free = encoding === 'json' || encoding === 'xml';
  const written = templatesIn(operation).filter(({ where }) => !(free && where.startsWith('content.')));
  const names = new Set([
    ...written.flatMap(({ template }) => namesIn(template)),
    ...Object.values(profile.computed).flatMap(templatesOf).flatMap(namesIn),
  ]);
  const fitted = new Map(values);
  const replaced = new Set<string>();
  for (const [name, value] of values) {
    if (!names.has(name)) continue;
    const done = fitText(value, profile.charset, profile.outside);
    if (!done.ok) return done;
    fitted.set(name, done.value.text);
    for (const character of done.value.replaced) replaced.add(character);
  }
  return ok({ values: fitted, replaced: [...replaced] });
}

/** Hashes are over the bytes that are sent: in the profile's charset. */
function computedValue(computed: Computed, values: Values, charset: Charset): string {
  const bytes = (parts: readonly Template[]): Buffer =>
    encodeText(parts.map((part) => fill(part, values, asItIs)).join(''), charset);
  if ('md5' in computed) return createHash('md5').update(bytes(computed.md5)).digest(computed.output);
  if ('sha1' in computed) return createHash('sha1').update(bytes(computed.sha1)).digest(computed.output);
  if ('sha256' in computed)
    return createHash('sha256').update(bytes(computed.sha256)).digest(computed.output);
  if ('base64' in computed) return bytes(computed.base64).toString('base64');
  return createHmac('sha256', bytes([computed.key]))
    .update(bytes(computed.hmacSha256))
    .digest(computed.output);
}

function urlOf(profile: Profile, operation: Operation, values: Values): Result<URL> {
  const inUrl = (text: string): string => percentEncoded(text, profile.charset, /[A-Za-z0-9._~-]/);
  // The operator's own words, which may well be `host:port`; checked as an address with the configuration.
  const base = fill(profile.baseUrl, values, asItIs).replace(/\/+$/, '');
  const path = fill(operation.path, values, inUrl);
  // A number like `..` in a desk's answer must not lead to another address.
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return fail(failure('desk.refused', 'um valor do endereço não pode ser "." nem ".."'));
  }
  const query = Object.entries(operation.query)
    .map(([name, template]) => `${inUrl(name)}=${inUrl(fill(template, values, asItIs))}`)
    .join('&');
  const text = `${base}${path}${query === '' ? '' : `?${query}`}`;
  if (!URL.canParse(text)) return fail(failure('desk.refused', 'o endereço do perfil não é um endereço'));
  return ok(new URL(text));
}

interface Written {
  readonly type?: string;
  readonly body?: Buffer;
}

interface ContentParts {
  readonly profile: Profile;
  readonly fitted: Values;
  readonly whole: Values;
}

function contentOf(content: Content, { profile: { charset }, fitted, whole }: ContentParts): Result<Written> {
  switch (content.encoding) {
    case 'none':
      return ok({});
    case 'form':
      return ok({
        type: `application/x-www-form-urlencoded; charset=${charset}`,
        body: Buffer.from(formOf(content.fields, fitted, charset), 'latin1'),
      });
    case 'multipart':
      return ok(multipartOf(content.fields, fitted, charset));
    case 'json': {
      const json = jsonOf(content.body, whole);
      if (!json.ok) return json;
      // ASCII with escapes reads the same in every charset.
      const text = JSON.stringify(json.value);
      return ok({
        type: 'application/json',
        body: Buffer.from(charset === 'utf-8' ? text : asciiJson(text)),
      });
    }
    default: {
      const text = fill(content.body, whole, (value) => xmlText(value, charset));
      const declaration = `<?xml version="1.0" encoding="${charset.toUpperCase()}"?>\n`;
      const type = `${content.type}; charset=${charset}`;
      return ok({ type, body: encodeText(text.startsWith('<?xml') ? text : declaration + text, charset) });
    }
  }
}

/** WHATWG URL, "application/x-www-form-urlencoded serializing", with the bytes of the charset. */
function formOf(fields: Readonly<Record<string, Template>>, values: Values, charset: Charset): string {
  const encoded = (text: string): string =>
    percentEncoded(text, charset, /[A-Za-z0-9*._-]/).replaceAll('%20', '+');
  return Object.entries(fields)
    .map(([name, template]) => `${encoded(name)}=${encoded(fill(template, values, asItIs))}`)
    .join('&');
}

function percentEncoded(text: string, charset: Charset, free: RegExp): string {
  let encoded = '';
  for (const byte of encodeText(text, charset)) {
    const character = String.fromCharCode(byte);
    encoded += free.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** RFC 7578. The boundary comes from the contents' digest: the same request twice is the same bytes. */
function multipartOf(fields: Readonly<Record<string, Template>>, values: Values, charset: Charset): Written {
  const filled = Object.entries(fields).map(([name, template]) => ({
    name: name.replace(
      /["\r\n]/g,
      (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    ),
    value: fill(template, values, asItIs),
  }));
  const boundary = `vigia-${hash('sha256', JSON.stringify(filled)).slice(0, 32)}`;
  const parts = filled.map(
    ({ name, value }) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: encodeText(`${parts.join('')}--${boundary}--\r\n`, charset),
  };
}

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

function jsonOf(leaf: JsonLeaf, values: Values): Result<Json> {
  if (isTemplate(leaf)) return ok(fill(leaf, values, asItIs));
  if (isNumber(leaf)) {
    const text = fill(leaf.$number, values, asItIs);
    if (/^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?$/.test(text)) return ok(Number(text));
    return fail(failure('desk.refused', `a central quer um número, e ${leaf.$number.source} vale "${text}"`));
  }
  if (isBoolean(leaf)) return ok(leaf.$boolean);
  const entries: [string, Json][] = [];
  for (const [name, each] of Object.entries(leaf)) {
    const done = jsonOf(each, values);
    if (!done.ok) return done;
    entries.push([name, done.value]);
  }
  return ok(Array.isArray(leaf) ? entries.map(([, value]) => value) : Object.fromEntries(entries));
}

function isNumber(leaf: Exclude<JsonLeaf, Template>): leaf is { readonly $number: Template } {
  return '$number' in leaf && typeof leaf.$number !== 'boolean' && isTemplate(leaf.$number);
}

function isBoolean(leaf: Exclude<JsonLeaf, Template>): leaf is { readonly $boolean: boolean } {
  return '$boolean' in leaf && typeof leaf.$boolean === 'boolean';
}

function asciiJson(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** For text and quoted attributes. What XML 1.0 has no way to write is left out. */
function xmlText(value: string, charset: Charset): string {
  let written = '';
  for (const character of value.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0;
    const illegal = (code < 0x20 && !'\t\n\r'.includes(character)) || code === 0xfffe || code === 0xffff;
    if (illegal) continue;
    const outside = charset === 'iso-8859-1' && (code > 0xff || (code >= 0x7f && code <= 0x9f));
    written += outside || '<>&"\'\r'.includes(character) ? `&#${code};` : character;
  }
  return written;
}
