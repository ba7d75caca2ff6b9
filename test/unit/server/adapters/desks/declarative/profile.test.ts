// Profiles: every mistake told at the start, the built-in one honest about what is not known, requests exact to the byte.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  declarativeConfigSchema,
  readDeclarative,
} from '../../../../../../server/adapters/desks/declarative/config.ts';
import {
  loadProfile,
  type Profile,
  parseProfile,
} from '../../../../../../server/adapters/desks/declarative/profile.ts';
import { missingForLive } from '../../../../../../server/adapters/desks/declarative/profile-check.ts';
import type { OperationName } from '../../../../../../server/adapters/desks/declarative/profile-schema.ts';
import { render } from '../../../../../../server/adapters/desks/declarative/render.ts';

const folder = new URL('../../../../../fixtures/desks/', import.meta.url).pathname;
const source = readFileSync(`${folder}mysuite-like.yaml`, 'utf8');

type Loose = Record<string, unknown>;

/** The profile of the fixture with something changed at a path. */
function changed(path: string, value: unknown): string {
  const document = parse(source) as Loose;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = document;
  for (const step of steps) {
    at[step] ??= {};
    at = at[step] as Loose;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return stringify(document, { aliasDuplicateObjects: false });
}

function issuesAt(text: string): readonly string[] {
  const parsed = parseProfile(text, 'teste');
  return parsed.ok ? [] : (parsed.failure.issues ?? []).map(({ path }) => path);
}

function must(text: string): Profile {
  const parsed = parseProfile(text, 'teste');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure.issues));
  return parsed.value;
}

describe('profile', () => {
  it('is taken when it holds together', () => {
    expect(missingForLive(must(source))).toEqual([]);
  });

  it.each([
    ['status', 'maybe', 'status'],
    ['surprise', 1, 'surprise'],
    ['baseUrl', 'ftp://x', 'baseUrl'],
    ['baseUrl', 'https://{secret}.example', 'baseUrl'],
    ['baseUrl', 'https://a/b?c=d', 'baseUrl'],
    ['vars.title', 'taken', 'vars.title'],
    ['secrets.sigla', 'twice', 'secrets.sigla'],
    ['computed.other', { md5: ['{later}'] }, 'computed.other'],
    ['computed.other', { sha9: ['x'] }, 'computed.other'],
    ['operations.create.protocol', undefined, 'operations.create.protocol'],
    ['operations.create.protocol', {}, 'operations.create.protocol'],
    ['operations.create.protocol', { xpath: '//a', json: '$.a' }, 'operations.create.protocol'],
    ['operations.create.protocol', { xpath: '//a[contains(.)]' }, 'operations.create.protocol.xpath'],
    ['operations.create.protocol', { pattern: '(a+)+(?=b)' }, 'operations.create.protocol.pattern'],
    ['operations.create.content.fields.assunto', '{protocol}', 'operations.create.content.fields.assunto'],
    ['operations.create.content.fields.assunto', '{titulo', 'operations.create.content.fields.assunto'],
    ['operations.create.content.fields.mensagem', 'fixo', 'operations.create'],
    ['operations.create.content.fields.preço', '10 €', 'operations.create.content.fields.preço'],
    ['operations.create.method', 'GET', 'operations.create.content'],
    ['operations.create.path', '/a/../b', 'operations.create.path'],
    ['operations.create.path', 'a', 'operations.create.path'],
    ['operations.create.answer.ok.body', { equals: 'x' }, 'operations.create.answer.ok.body'],
    ['operations.create.answer.ok.body', {}, 'operations.create.answer.ok.body'],
    ['operations.create.answer.none', { status: [404] }, 'operations.create.answer.none'],
    ['operations.create.headers', { 'a b': 'x' }, 'operations.create.headers.a b'],
    ['operations.find.record', undefined, 'operations.find.record'],
    ['operations.find.record.protocol', undefined, 'operations.find.record.protocol'],
    ['operations.find.record.each', {}, 'operations.find.record.each'],
    ['operations.find.record.title', { header: 'x' }, 'operations.find.record.title'],
    ['operations.find.answer.ok.body', undefined, 'operations.find.answer.ok.body'],
    ['operations.find.content.fields.assunto', 'x', 'operations.find'],
    ['operations.note.record', {}, 'operations.note.record'],
    ['operations.read.record.each', undefined, 'operations.read.answer.none'],
    ['capabilities.externalId', 'none', 'capabilities.externalId'],
    ['capabilities.rate', { requests: 0, perMs: 1 }, 'capabilities.rate.requests'],
  ])('with %s = %j is refused at %s', (path, value, at) => {
    expect(issuesAt(changed(path, value))).toContain(at);
  });

  it('tells all mistakes at once', () => {
    const issues = issuesAt(`${changed('operations.create.path', 'a')}surprise: 1\nother: 2\n`);
    expect(issues).toEqual(expect.arrayContaining(['surprise', 'other']));
  });

  it('refuses YAML with mistakes, and aliases that multiply', () => {
    expect(issuesAt('id: [')).toContain('linha 1');
    const bomb = [
      'a: &a [x, x]',
      ...[...'bcdefghijk'].map((at, i) => `${at}: &${at} [${`*${'abcdefghij'[i]},`.repeat(9)}]`),
    ];
    expect(issuesAt(bomb.join('\n'))).toContain('(file)');
  });

  it('refuses a file that is not there, and one that is too large', () => {
    expect(loadProfile('nao-existe.yaml', folder)).toMatchObject({ failure: { code: 'config.invalid' } });
    expect(loadProfile('/dev/zero', folder).ok).toBe(false);
  });
});

describe('the profile mysuite', () => {
  const settings = declarativeConfigSchema.parse({
    kind: 'http',
    profile: 'mysuite',
    vars: { host: 'empresa.mysuite.com.br', sigla: 'abc', codempresa: '1' },
    secretFiles: { secret: 'x' },
  });

  it('knows the probe and nothing of tickets', () => {
    const loaded = loadProfile('mysuite', folder);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    const { probe, ...others } = loaded.value.operations;
    expect(probe).not.toBeNull();
    expect(Object.values(others).every((each) => each === null)).toBe(true);
    expect(loaded.value.status).toBe('unconfirmed');
  });

  it('does not go live: it says in Portuguese what to do', () => {
    const read = readDeclarative(settings, folder);
    if (read.ok) throw new Error('it went live');
    expect(read.failure.code).toBe('config.invalid');
    expect(read.failure.message).toContain('ainda não pode abrir chamados');
    expect(read.failure.message).toContain('desk doctor');
    expect(read.failure.issues?.map(({ path }) => path)).toEqual(['operations.create', 'status']);
  });

  it('makes the servicekey as the public clients do: md5 of sigla and secret', () => {
    const loaded = loadProfile('mysuite', folder);
    if (!loaded.ok) throw new Error('not loaded');
    const values = new Map(Object.entries({ ...settings.vars, secret: 'segredo', now: '0' }));
    const request = render({ profile: loaded.value, name: 'probe', values });
    if (!request.ok) throw new Error('not rendered');
    expect(request.value.url.href).toBe('https://empresa.mysuite.com.br/webservices/ws_getclientes.php');
    // md5 of "abcsegredo", by Python's hashlib.
    expect(Buffer.from(request.value.body ?? []).toString()).toBe(
      'codempresa=1&sigla=abc&servicekey=9e035c7af76a45c1f845ad6d85abfddb',
    );
  });
});

describe('configuration of a declarative desk', () => {
  const given = {
    kind: 'http',
    profile: 'mysuite-like.yaml',
    vars: { host: '127.0.0.1:9', sigla: 'abc', codempresa: '1' },
    secretFiles: { secret: 'x' },
  };
  const paths = (settings: object) => {
    const read = readDeclarative(declarativeConfigSchema.parse(settings), folder);
    return read.ok ? [] : (read.failure.issues ?? []).map(({ path }) => path);
  };

  it('is taken when profile and values fit', () => {
    expect(paths(given)).toEqual([]);
  });

  it('names what is missing and what nobody uses', () => {
    expect(
      paths({ ...given, vars: { host: 'x', siglas: 'y' }, secretFiles: {}, allowInsecure: true }),
    ).toEqual(['desk.vars.sigla', 'desk.vars.codempresa', 'desk.vars.siglas', 'desk.secretFiles.secret']);
  });

  it('sends nothing without TLS to another machine unless the operator says so', () => {
    const vars = { ...given.vars, host: 'desk.example' };
    expect(paths({ ...given, vars })).toEqual(['baseUrl']);
    expect(paths({ ...given, vars, allowInsecure: true })).toEqual([]);
  });
});

describe('requests', () => {
  const values = (more: Record<string, string> = {}) =>
    new Map(
      Object.entries({
        host: 'h.example',
        sigla: 'a&b',
        codempresa: '1',
        secret: 's',
        now: '1795348800',
        incident: 'inc-1-0',
        marker: '[VIGIA-inc-1-0]',
        key: 'inc-1-0:open',
        title: 'São "Paulo" <3º> &',
        body: 'ação\n–',
        priority: '4',
        queue: 'NOC',
        customer: 'c',
        site: 's',
        detectedAt: '2026',
        incidentUrl: '',
        ...more,
      }),
    );
  const request = (text: string, name: OperationName = 'create', more = {}) =>
    render({ profile: must(text), name, values: values(more) });
  const bytes = (text: string, more = {}) => {
    const rendered = request(text, 'create', more);
    if (!rendered.ok) throw new Error(rendered.failure.message);
    return Buffer.from(rendered.value.body ?? []);
  };
  const content = (given: unknown, charset = 'iso-8859-1') =>
    parse(changed('operations.create.content', given)).charset === charset
      ? changed('operations.create.content', given)
      : stringify({ ...(parse(changed('operations.create.content', given)) as Loose), charset });
  const fields = { assunto: '{title}', mensagem: '{body}' };

  it('form: percent-encoded bytes of the charset', () => {
    expect(bytes(content({ encoding: 'form', fields })).toString()).toBe(
      'assunto=S%E3o+%22Paulo%22+%3C3%BA%3E+%26&mensagem=a%E7%E3o%0A-',
    );
    expect(bytes(content({ encoding: 'form', fields }, 'utf-8')).toString()).toBe(
      'assunto=S%C3%A3o+%22Paulo%22+%3C3%C2%BA%3E+%26&mensagem=a%C3%A7%C3%A3o%0A%E2%80%93',
    );
  });

  it('multipart: one part for each field, the same boundary for the same contents', () => {
    const text = content({ encoding: 'multipart', fields: { 'a"b': '{title}{body}' } });
    const rendered = request(text);
    if (!rendered.ok) throw new Error('refused');
    const boundary = /boundary=(.*)$/.exec(rendered.value.headers['content-type'] ?? '')?.[1] ?? '';
    expect(boundary).toMatch(/^vigia-[0-9a-f]{32}$/);
    expect(bytes(text).toString('latin1')).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nSão "Paulo" <3º> &ação\n-\r\n--${boundary}--\r\n`,
    );
  });

  it('json: any character, as escapes where the charset lacks it; numbers as numbers', () => {
    const body = { t: '{title}{body}', p: { $number: '{priority}' }, s: { $boolean: true }, l: ['{queue}'] };
    expect(bytes(content({ encoding: 'json', body }, 'utf-8')).toString()).toBe(
      '{"t":"São \\"Paulo\\" <3º> &ação\\n–","p":4,"s":true,"l":["NOC"]}',
    );
    const ascii = bytes(content({ encoding: 'json', body })).toString('latin1');
    expect(ascii).toContain('S\\u00e3o');
    expect(JSON.parse(ascii)).toMatchObject({ t: 'São "Paulo" <3º> &ação\n–', p: 4 });
  });

  it('json: a text where the desk wants a number is refused, not guessed', () => {
    const text = content({ encoding: 'json', body: { t: '{title}{body}', p: { $number: '{priority}' } } });
    for (const priority of ['alta', '1e9', '', '0x1', '01'])
      expect(request(text, 'create', { priority })).toMatchObject({ failure: { code: 'desk.refused' } });
  });

  it('xml: values can never become markup, and what Latin-1 lacks is a character reference', () => {
    const body = '<t a="{title}">{body}</t>';
    expect(bytes(content({ encoding: 'xml', body })).toString('latin1')).toBe(
      '<?xml version="1.0" encoding="ISO-8859-1"?>\n<t a="São &#34;Paulo&#34; &#60;3º&#62; &#38;">ação\n&#8211;</t>',
    );
    expect(
      bytes(content({ encoding: 'xml', body }), { title: 'a\u0000b\u0001' }).toString('latin1'),
    ).toContain('a="ab"');
  });

  it('xml: names are refused where a value would become markup', () => {
    for (const body of [
      '<{title}>{body}</{title}>',
      '<a {title}="x">{body}</a>',
      '<a>{title}{body}',
      '<a b={title}>{body}</a>',
    ])
      expect(issuesAt(content({ encoding: 'xml', body }))).toContain('operations.create.content.body');
  });

  it('addresses: values stay inside their segment and parameter', () => {
    const text = stringify({
      ...(parse(changed('operations.note.path', '/t/{protocol}/n')) as Loose),
    });
    const at = (protocol: string) => request(text, 'note', { protocol, text: 'x' });
    expect(at('a/b?c=d#ç')).toMatchObject({
      value: { url: { pathname: '/t/a%2Fb%3Fc%3Dd%23%E7/n', search: '' } },
    });
    for (const protocol of ['.', '..'])
      expect(at(protocol)).toMatchObject({ failure: { code: 'desk.refused' } });
  });

  it('computed values: hashes and base64 over the bytes that are sent', () => {
    const document = parse(source) as Loose;
    const computed = {
      ...(document.computed as Loose),
      a: { sha1: ['{title}'] },
      b: { sha256: ['x', '{sigla}'], output: 'base64' },
      c: { hmacSha256: ['{now}.', '{body}'], key: '{secret}' },
      d: { base64: ['{sigla}', ':', '{secret}'] },
    };
    const operations = document.operations as Record<string, Loose>;
    const create = {
      ...operations.create,
      headers: { a: '{a}', b: '{b}', c: '{c}', authorization: 'Basic {d}' },
    };
    const rendered = request(stringify({ ...document, computed, operations: { ...operations, create } }));
    expect(rendered).toMatchObject({
      value: {
        headers: {
          // By Python's hashlib and hmac over the Latin-1 bytes.
          a: '3ca182ca2241d72da5cfc198031321a8b91ab114',
          b: 'OW0O4ECPFBX8tqY8z7G+kvtKsaF+VjxF71S6+iClG/8=',
          c: '125b404445da1015feef0827a4afd8ccbef590a9070f51fb6c5427e433fa2f4c',
          authorization: 'Basic YSZiOnM=',
        },
      },
    });
  });
});
