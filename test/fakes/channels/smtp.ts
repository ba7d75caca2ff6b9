// A mail server on loopback that takes messages without TLS, as a relay on the same machine does. Tells what the mail
// program shows: subject and text, decoded. Answers a recipient as the test says.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Read } from './services.ts';

export interface MailServer {
  readonly port: number;
  readonly read: readonly Read[];
  readonly messages: readonly string[];
  /** The next recipients are answered so: `451 4.7.1 greylisted`; `silence` says nothing any more. */
  misbehave(...answers: readonly string[]): void;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const read: Read[] = [];
  const messages: string[] = [];
  const misbehaviour: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, {
      answerTo: () => misbehaviour.shift() ?? '250 2.1.5 ok',
      take: (recipient, raw) => {
        messages.push(raw);
        read.push({ recipient, ...shown(raw) });
      },
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    read,
    messages,
    misbehave: (...answers) => void misbehaviour.push(...answers),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Session {
  readonly answerTo: () => string;
  readonly take: (recipient: string, raw: string) => void;
}

/** RFC 5321, as much of it as a client needs. */
function serve(socket: Socket, { answerTo, take }: Session): void {
  let buffer = '';
  let recipient = '';
  let inData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase();
    if (word === 'EHLO' || word === 'HELO') say('250-mail.local\r\n250 8BITMIME');
    else if (word === 'RCPT') {
      recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
      const answer = answerTo();
      if (answer !== 'silence') say(answer);
    } else if (word === 'DATA') {
      inData = true;
      say('354 go on');
    } else if (word === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say(word === 'STAR' ? '502 5.5.1 no TLS here' : '250 ok');
  };
  say('220 mail.local ESMTP');
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    buffer += chunk;
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = buffer.slice(0, end);
      buffer = buffer.slice(end + (inData ? 5 : 2));
      if (inData) {
        inData = false;
        take(recipient, part.replace(/\r\n\.\./g, '\r\n.'));
        say('250 2.0.0 taken');
      } else command(part);
    }
  });
}

function shown(raw: string): Omit<Read, 'recipient'> {
  const split = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, split).replace(/\r\n[ \t]/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
  const body = decoded(raw.slice(split + 4), header('Content-Transfer-Encoding'));
  const [text = '', url] = body.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n\n');
  return { title: words(header('Subject')), text, url };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  return bytesOf(body.replace(/=\r\n/g, ''), /=([0-9A-F]{2})/g);
}

/** RFC 2047: `=?UTF-8?Q?...?=`; the space between two of them is none. */
function words(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString('utf8')
      : bytesOf(word.replace(/_/g, ' '), /=([0-9A-F]{2})/g),
  );
}

function bytesOf(text: string, pattern: RegExp): string {
  const latin = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(pattern, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1').toString('utf8');
}
