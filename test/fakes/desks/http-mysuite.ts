// A desk in the style that is publicly known of MySuite: form bodies in ISO-8859-1, a key that is the md5 of sigla and
// secret, XML answers, an empty body for "done" and status 200 for everything, errors included. The paths and fields of
// tickets are this fake's own: nobody outside the vendor knows the real ones.
import { createHash } from 'node:crypto';
import type { Priority } from '../../../shared/words.ts';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from './faults.ts';

export interface FakeMysuite extends FakeDeskControl {
  /** Host and port. */
  readonly host: string;
  readonly server: FakeServer;
  /** Lists come back as this text from now on. */
  answerLists(text: string | undefined): void;
  /** The words for the state of open records. */
  callOpen(word: string): void;
  stop(): Promise<void>;
}

interface Ticket {
  readonly number: number;
  readonly body: string;
  title: string;
  open: boolean;
  code: string;
  readonly queue: string;
  readonly notes: string[];
}

const codes: Readonly<Record<string, Priority>> = { '4': 'critical', '3': 'priority', '1': 'standard' };

export async function startFakeMysuite(given: {
  readonly sigla: string;
  readonly secret: string;
}): Promise<FakeMysuite> {
  const tickets: Ticket[] = [];
  let taken = true;
  let lists: string | undefined;
  let openWord = 'Aberto';
  const key = createHash('md5').update(`${given.sigla}${given.secret}`).digest('hex');
  const answer = (request: FakeRequest): FakeAnswer => {
    const fields = readForm(request.raw);
    if (!taken || fields.get('servicekey') !== key || fields.get('sigla') !== given.sigla) {
      return text('ERRO: servicekey invalida');
    }
    return perform(request.url.pathname, fields);
  };
  const perform = (path: string, fields: ReadonlyMap<string, string>): FakeAnswer => {
    const field = (name: string): string => fields.get(name) ?? '';
    const list = (found: readonly Ticket[]): FakeAnswer =>
      lists === undefined
        ? xml(`<tickets>${found.map((ticket) => ticketXml(ticket, openWord)).join('')}</tickets>`)
        : xml(lists);
    if (path === '/webservices/ws_getclientes.php') {
      return xml(`<usuarios><usuario><nomeempresa>Padaria São João</nomeempresa></usuario></usuarios>`);
    }
    if (path === '/teste/abrir') {
      if (field('assunto') === '' || codes[field('prioridade')] === undefined) {
        return text('ERRO: assunto e prioridade são obrigatórios');
      }
      const number = 100 + tickets.length;
      const [title, body, code, queue] = ['assunto', 'mensagem', 'prioridade', 'setor'].map(field);
      tickets.push({
        number,
        title: title ?? '',
        body: body ?? '',
        open: true,
        code: code ?? '',
        queue: queue ?? '',
        notes: [],
      });
      return xml(`<ticket><numero>${number}</numero></ticket>`);
    }
    if (path === '/teste/pesquisar') {
      return list(tickets.filter((ticket) => !gone.has(ticket) && ticket.title.includes(field('assunto'))));
    }
    const ticket = tickets.find((each) => !gone.has(each) && String(each.number) === field('numero'));
    if (path === '/teste/consultar') return list(ticket === undefined ? [] : [ticket]);
    if (ticket === undefined) return text('ERRO: ticket inexistente');
    return change(path, ticket, field);
  };
  const gone = new Set<Ticket>();
  const server = await startFakeServer(answer);
  const byHand = (protocol: string): Ticket => {
    const ticket = tickets.find((each) => String(each.number) === protocol);
    if (ticket === undefined) throw new Error(`no ticket ${protocol}`);
    return ticket;
  };
  return {
    host: new URL(server.url).host,
    server,
    faults: server.faults,
    records: () => tickets.filter((ticket) => !gone.has(ticket)).map(recordOf),
    takeCredential: (value) => {
      taken = value;
    },
    closeByHand: (protocol) => {
      byHand(protocol).open = false;
    },
    removeByHand: (protocol) => void gone.add(byHand(protocol)),
    goDown: () => server.stop(),
    answerLists: (value) => {
      lists = value;
    },
    callOpen: (word) => {
      openWord = word;
    },
    stop: () => server.stop(),
  };
}

function change(path: string, ticket: Ticket, field: (name: string) => string): FakeAnswer {
  if (field('nota') !== '') ticket.notes.push(field('nota'));
  switch (path) {
    case '/teste/anotar':
      return text('');
    case '/teste/concluir':
    case '/teste/reabrir':
      ticket.open = path === '/teste/reabrir';
      return text('');
    case '/teste/alterar':
      ticket.title = field('assunto');
      ticket.code = field('prioridade');
      return text('');
    default:
      return { status: 404, body: 'Not Found' };
  }
}

function recordOf({ number, title, body, open, code, notes }: Ticket): FakeRecord {
  const priority = codes[code];
  return {
    protocol: String(number),
    title,
    body,
    state: open ? 'open' : 'closed',
    ...(priority === undefined ? {} : { priority }),
    notes: [...notes],
  };
}

/** As PHP reads it: bytes are Latin-1 characters, plus is a space. */
function readForm(raw: Buffer): ReadonlyMap<string, string> {
  const decoded = (part: string): string =>
    part
      .replaceAll('+', ' ')
      .replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const pairs = raw.toString('latin1').split('&');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2);
      return [decoded(name), decoded(value)];
    }),
  );
}

function ticketXml({ number, title, body, open, code, notes }: Ticket, openWord: string): string {
  const state = open ? openWord : 'Concluido';
  return `<ticket><numero>${number}</numero><assunto>${escaped(title)}</assunto><situacao>${state}</situacao>
    <prioridade codigo="${code}"/><mensagem><![CDATA[${body.replaceAll(']]>', ']]]]><![CDATA[>')}]]></mensagem>
    <notas>${notes.map((note) => `<nota>${escaped(note)}</nota>`).join('')}</notas></ticket>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function xml(inside: string): FakeAnswer {
  const body = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>\n${inside}`, 'latin1');
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

/** An error looks like any other page: status 200, text. */
function text(body: string): FakeAnswer {
  return { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from(body, 'latin1') };
}
