// Rules between the fields of a profile, each told with its path, all at once. Two questions: does it hold together
// (always asked), and is it complete enough to open tickets with (asked before it goes live).
import type { Issue } from '../../../../shared/failure.ts';
import { priorities } from '../../../../shared/words.ts';
import { isLatin1 } from './charset.ts';
import { everywhere, namesOf } from './names.ts';
import {
  type Computed,
  type Content,
  type JsonLeaf,
  type Operation,
  type OperationName,
  operationNames,
  type ProfileDocument,
} from './profile-schema.ts';
import { asItIs, fill, namesIn, type Template } from './template.ts';
import { parseXml } from './xml.ts';

type Told = (path: string, message: string) => void;

/** Empty: it holds together. */
export function mistakesOf(profile: ProfileDocument): readonly Issue[] {
  const issues: Issue[] = [];
  const told: Told = (path, message) => void issues.push({ path, message });
  const settings = [...Object.keys(profile.vars), ...Object.keys(profile.secrets)];
  checkNames(profile, told);
  checkBase(profile, told);
  for (const name of operationNames) {
    const operation = profile.operations[name];
    if (operation === null) continue;
    const known = new Set([...everywhere, ...settings, ...namesOf[name]]);
    for (const [each, computed] of Object.entries(profile.computed)) {
      // A computed value exists only where everything that it is made of exists.
      if (templatesOf(computed).every((template) => namesIn(template).every((used) => known.has(used)))) {
        known.add(each);
      }
    }
    checkOperation({ name, operation, known, told });
    if (profile.charset === 'iso-8859-1') checkLatin1(name, operation, told);
  }
  if (profile.capabilities.externalId === 'none' && profile.operations.find !== null) {
    told('capabilities.externalId', 'com find quer: field ou marker');
  }
  return issues;
}

/** What a person still has to fill in or confirm before tickets may be opened with it. Empty: ready. */
export function missingForLive(profile: ProfileDocument): readonly Issue[] {
  const issues: Issue[] = [];
  const told: Told = (path, message) => void issues.push({ path, message });
  const { create, probe } = profile.operations;
  if (create === null) told('operations.create', 'falta: a requisição que abre um chamado');
  if (probe === null) told('operations.probe', 'falta: uma requisição que prove a credencial sem mudar nada');
  const uses = (name: string): boolean => create !== null && namesUsed(create).has(name);
  if (uses('priority')) {
    for (const word of priorities) {
      if (profile.maps.priority[word] === '') told(`maps.priority.${word}`, 'falta: o código da central');
    }
  }
  if (uses('queue') && profile.maps.queue.default === '') {
    told('maps.queue.default', 'falta: o setor que recebe os chamados');
  }
  if (profile.status !== 'confirmed') {
    told('status', 'falta: confirmar com o fornecedor e testar; então escreva confirmed');
  }
  return issues;
}

export function namesUsed(operation: Operation): ReadonlySet<string> {
  return new Set(templatesIn(operation).flatMap(({ template }) => namesIn(template)));
}

/** One word, one value: a secret must not hide behind a variable of the same name. */
function checkNames({ vars, secrets, computed }: ProfileDocument, told: Told): void {
  const taken = new Set<string>([...everywhere, ...Object.values(namesOf).flat()]);
  for (const [section, names] of Object.entries({ vars, secrets, computed })) {
    for (const name of Object.keys(names)) {
      if (taken.has(name)) told(`${section}.${name}`, 'o nome já tem outro significado');
      taken.add(name);
    }
  }
  const known = new Set<string>([...everywhere, ...Object.values(namesOf).flat()]);
  for (const name of [...Object.keys(vars), ...Object.keys(secrets)]) known.add(name);
  for (const [name, each] of Object.entries(computed)) {
    for (const used of templatesOf(each).flatMap(namesIn)) {
      if (!known.has(used)) told(`computed.${name}`, `{${used}} não existe, ou só é calculado depois`);
    }
    known.add(name);
  }
}

function checkBase({ baseUrl, vars }: ProfileDocument, told: Told): void {
  const unknown = namesIn(baseUrl).filter((name) => !Object.hasOwn(vars, name));
  for (const name of unknown) told('baseUrl', `{${name}} não está em vars; segredos não entram no endereço`);
  const sample = fill(baseUrl, new Map(namesIn(baseUrl).map((name) => [name, 'x'])), asItIs);
  const url = URL.canParse(sample) ? new URL(sample) : undefined;
  const plain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url === undefined || !/^https?:$/.test(url.protocol) || !plain) {
    told('baseUrl', 'quer: um endereço https:// sem usuário, consulta ou fragmento');
  }
}

interface OperationCheck {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly known: ReadonlySet<string>;
  readonly told: Told;
}

function checkOperation({ name, operation, known, told }: OperationCheck): void {
  const at = `operations.${name}`;
  const { method, path, content, record, protocol, answer } = operation;
  for (const { template, where } of templatesIn(operation)) {
    for (const used of namesIn(template)) {
      if (!known.has(used)) told(`${at}.${where}`, `{${used}} não existe nesta operação`);
    }
  }
  if (!path.source.startsWith('/')) told(`${at}.path`, 'quer: começar com /');
  if (/[?#\\]|\/\.{1,2}(\/|$)/.test(path.source)) told(`${at}.path`, 'sem ?, # ou ..; use query');
  if (method === 'GET' && content.encoding !== 'none') told(`${at}.content`, 'GET não leva corpo; use query');
  if (content.encoding === 'xml') checkXml(content.body, `${at}.content.body`, told);
  if (name === 'create' && protocol === undefined) {
    told(`${at}.protocol`, 'falta: onde a resposta traz o número do chamado');
  }
  if (name !== 'create' && protocol !== undefined) told(`${at}.protocol`, 'só existe em create');
  const reads = name === 'find' || name === 'read';
  if (!reads && record !== undefined) told(`${at}.record`, 'só existe em find e read');
  if (!reads && answer.none !== undefined) told(`${at}.answer.none`, 'só existe em find e read');
  if (reads) checkRecord({ name, operation, known, told });
  for (const needed of neededNames[name]) {
    if (!uses(operation, needed))
      told(at, `não usa {${needed.join('} nem {')}}: não saberia de que se trata`);
  }
}

/** At least one name of each group must be sent; inside a computed value is not enough. */
const neededNames: Readonly<Record<OperationName, readonly (readonly string[])[]>> = {
  probe: [],
  create: [['title'], ['body']],
  find: [['incident', 'marker']],
  read: [['protocol']],
  note: [['protocol'], ['text']],
  close: [['protocol']],
  reopen: [['protocol']],
  raise: [['protocol'], ['priority']],
};

/** What the profile itself says must exist in its charset; only values from outside are fitted. */
function checkLatin1(name: OperationName, operation: Operation, told: Told): void {
  for (const { template, where } of templatesIn(operation)) {
    if (!isLatin1(template.source) || !isLatin1(where)) {
      told(`operations.${name}.${where}`, 'tem caracteres que não existem em ISO-8859-1');
    }
  }
}

function uses(operation: Operation, names: readonly string[]): boolean {
  const used = namesUsed(operation);
  return names.some((name) => used.has(name));
}

function checkRecord({ name, operation, told }: OperationCheck): void {
  const at = `operations.${name}.record`;
  const { record, answer } = operation;
  if (record === undefined) {
    told(at, 'falta: como ler um chamado na resposta');
    return;
  }
  if (record.title === undefined) told(`${at}.title`, 'falta');
  if (record.state === undefined) told(`${at}.state`, 'falta');
  if (name === 'find' && record.protocol === undefined) told(`${at}.protocol`, 'falta');
  const { each } = record;
  if (each !== undefined && (each.json === undefined) === (each.xpath === undefined)) {
    told(`${at}.each`, 'quer: json ou xpath, um dos dois');
  }
  if (each === undefined && answer.none === undefined) {
    told(`operations.${name}.answer.none`, 'falta: como a resposta diz que não há chamado');
  }
  // An answer in which the list is not found must never pass for an empty list: that would be a second ticket.
  if (each !== undefined && answer.none === undefined && answer.ok.body === undefined) {
    told(
      `operations.${name}.answer.ok.body`,
      'falta: o que prova que a resposta é mesmo uma lista (ou none)',
    );
  }
  if (each === undefined) return;
  for (const [field, rule] of Object.entries(record)) {
    if (field === 'each' || !('pattern' in rule || 'header' in rule || 'text' in rule)) continue;
    const own = each.json === undefined ? 'xpath' in rule && rule.xpath : 'json' in rule && rule.json;
    if (own === undefined || own === false) {
      told(`${at}.${field}`, `dentro de uma lista quer: ${each.json === undefined ? 'xpath' : 'json'}`);
    }
  }
}

/** Values may stand in text and in quoted attributes; anywhere else they would become markup. */
function checkXml(body: Template, path: string, told: Told): void {
  const sample = fill(body, new Map(namesIn(body).map((name) => [name, 'a &quot;&lt;=&gt; b'])), asItIs);
  const parsed = parseXml(sample);
  if (!parsed.ok) told(path, parsed.failure.message);
}

interface Placed {
  readonly template: Template;
  readonly where: string;
}

export function templatesIn({ path, query, headers, content }: Operation): readonly Placed[] {
  const named = (where: string, fields: Readonly<Record<string, Template>>): readonly Placed[] =>
    Object.entries(fields).map(([name, template]) => ({ template, where: `${where}.${name}` }));
  return [
    { template: path, where: 'path' },
    ...named('query', query),
    ...named('headers', headers),
    ...contentTemplates(content),
  ];
}

function contentTemplates(content: Content): readonly Placed[] {
  switch (content.encoding) {
    case 'none':
      return [];
    case 'xml':
      return [{ template: content.body, where: 'content.body' }];
    case 'json':
      return Object.entries(content.body).flatMap(([name, leaf]) =>
        jsonTemplates(leaf, `content.body.${name}`),
      );
    default:
      return Object.entries(content.fields).map(([name, template]) => ({
        template,
        where: `content.fields.${name}`,
      }));
  }
}

function jsonTemplates(leaf: JsonLeaf, where: string): readonly Placed[] {
  if (isTemplate(leaf)) return [{ template: leaf, where }];
  return Object.entries(leaf).flatMap(([name, each]: [string, JsonLeaf | boolean]) =>
    typeof each === 'boolean' ? [] : jsonTemplates(each, `${where}.${name}`),
  );
}

export function isTemplate(leaf: JsonLeaf): leaf is Template {
  return 'source' in leaf && 'parts' in leaf && typeof leaf.source === 'string';
}

export function templatesOf(computed: Computed): readonly Template[] {
  if ('md5' in computed) return computed.md5;
  if ('sha1' in computed) return computed.sha1;
  if ('sha256' in computed) return computed.sha256;
  if ('hmacSha256' in computed) return [...computed.hmacSha256, computed.key];
  return computed.base64;
}
