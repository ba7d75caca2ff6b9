// A real Request Tracker 5 from Debian's packages, with its own configuration, SQLite file and port under one folder.
// The system's own RT, if there is one, is not touched.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createRequestTrackerClient } from '../../server/adapters/desks/request-tracker/client.ts';
import { requestTrackerConfigSchema } from '../../server/adapters/desks/request-tracker/config.ts';
import type { Priority } from '../../shared/words.ts';
import { bareEnvironment, freePort, ownFolder, runToEnd, startServer } from './program.ts';
import type { Person, RealDesk, SeenRecord } from './real-desk.ts';

export const rtProgram = '/usr/share/request-tracker5/libexec/rt-server';
const setup = '/usr/sbin/rt-setup-database-5';
export const rtFiles = [rtProgram, setup];
export const rtPackages = 'request-tracker5 rt5-db-sqlite rt5-standalone';
export const webhookSecret = 'segredo do scrip';

export interface RtOptions {
  /** The field of our id refuses a second ticket with the same value. */
  readonly unique: boolean;
  /** Where the documented scrip sends events; absent: there is no scrip. */
  readonly eventsUrl?: string;
  /** Perl of the scrip, as the documentation gives it. */
  readonly scrip?: string;
}

export async function startRealRequestTracker(options: RtOptions): Promise<RealDesk> {
  const folder = ownFolder('rt');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeConfiguration(folder.path, port);
  const env = {
    ...bareEnvironment(folder.path),
    RT_SITE_CONFIG: join(folder.path, 'RT_SiteConfig.pm'),
    RT_SITE_CONFIG_DIR: join(folder.path, 'config.d'),
  };
  const cwd = folder.path;
  const data = join(folder.path, 'data.pl');
  writeFileSync(data, dataOf(options));
  runToEnd({ program: setup, args: ['--action', 'init', '--skip-create'], cwd, env });
  const printed = runToEnd({ program: setup, args: ['--action', 'insert', '--datafile', data], cwd, env });
  const tokens = new Map([...printed.matchAll(/^TOKEN (\S+) (\S+)$/gm)].map((each) => [each[1], each[2]]));
  const args = ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '3'];
  const log = join(folder.path, 'rt.log');
  const server = await startServer({ program: rtProgram, args, cwd, env }, `${url}/REST/2.0/`, log);
  return {
    url,
    person: personAt(url, tokens.get('ana') ?? ''),
    client: ({ url: address, clock, timeoutMs, credential }) =>
      createRequestTrackerClient({
        config: requestTrackerConfigSchema.parse({
          kind: 'request-tracker',
          url: address,
          tokenFile: 'rt-token',
          queue: 'NOC',
          webhookSecretFile: 'rt-secret',
        }),
        secrets: { token: credential ?? tokens.get('vigia') ?? '', webhookSecret },
        clock,
        timeoutMs,
      }),
    stop: async () => {
      await server.stop();
      folder.remove();
    },
  };
}

function writeConfiguration(folder: string, port: number): void {
  for (const each of ['config.d', 'session', 'mason']) mkdirSync(join(folder, each));
  const settings: Readonly<Record<string, string | number>> = {
    rtname: 'vigia.test',
    Organization: 'vigia.test',
    WebDomain: '127.0.0.1',
    WebPort: port,
    WebPath: '',
    // Not UTC, so that a date without a zone would be read wrongly.
    Timezone: 'America/Sao_Paulo',
    DatabaseType: 'SQLite',
    DatabaseName: join(folder, 'rt.db'),
    DatabaseAdmin: 'root',
    // No mail leaves.
    MailCommand: 'testfile',
    LogToSyslog: '',
    LogToSTDERR: 'warning',
    WebSessionClass: 'Apache::Session::File',
    MasonSessionDir: join(folder, 'session'),
    MasonDataDir: join(folder, 'mason'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`);
  writeFileSync(join(folder, 'RT_SiteConfig.pm'), [...lines, '1;', ''].join('\n'));
}

const rights = [
  'SeeQueue',
  'ShowTicket',
  'ShowTicketComments',
  'CreateTicket',
  'CommentOnTicket',
  'ReplyToTicket',
  'ModifyTicket',
  'OwnTicket',
  'TakeTicket',
  'SeeCustomField',
  'ModifyCustomField',
];

/** Queue, field, two users with their tokens, and the scrip, as an administrator would make them. */
function dataOf({ unique, eventsUrl, scrip }: RtOptions): string {
  return `
our @Queues = ({ Name => 'NOC', Description => 'NOC' });
our @CustomFields = ({ Name => 'VigiaExternalId', Type => 'FreeformSingle', UniqueValues => ${unique ? 1 : 0},
  Queue => 'NOC', LookupType => 'RT::Queue-RT::Ticket' });
our @Users = ({ Name => 'vigia', EmailAddress => 'vigia@noc.test', Privileged => 1 },
  { Name => 'ana', EmailAddress => 'ana@noc.test', Privileged => 1 });
our @Final = (sub {
  my $queue = RT::Queue->new(RT->SystemUser);
  $queue->Load('NOC');
  for my $name (qw(vigia ana)) {
    my $user = RT::User->new(RT->SystemUser);
    $user->Load($name);
    for my $right (qw(${rights.join(' ')})) {
      my ($ok, $said) = $user->PrincipalObj->GrantRight(Right => $right, Object => $queue);
      die "$right: $said" unless $ok;
    }
    my $token = RT::AuthToken->new(RT->SystemUser);
    my ($ok, $said, $auth) = $token->Create(Owner => $user->Id, Description => 'test');
    die $said unless $ok;
    print "TOKEN $name $auth\\n";
  }
  ${eventsUrl === undefined || scrip === undefined ? '' : scripData(eventsUrl, scrip)}
});
1;
`;
}

function scripData(eventsUrl: string, scrip: string): string {
  const code = scrip
    .replace('https://vigia.exemplo.com.br/api/v1/desk-events', eventsUrl)
    .replace('TROQUE-ESTE-SEGREDO', webhookSecret);
  return `
  my $template = RT::Template->new(RT->SystemUser);
  $template->LoadGlobalTemplate('Blank');
  my $scrip = RT::Scrip->new(RT->SystemUser);
  my ($ok, $said) = $scrip->Create(Description => 'Vigia', Queue => 0, ScripCondition => 'On Transaction',
    ScripAction => 'User Defined', Template => 'Blank', Stage => 'TransactionCreate',
    CustomPrepareCode => 'return 1;', CustomCommitCode => <<'END_OF_SCRIP');
${code}
END_OF_SCRIP
  die $said unless $ok;`;
}

const idSchema = z.union([z.string(), z.number()]).transform(String);
const foundSchema = z.object({ items: z.array(z.object({ id: idSchema })) });
const ticketSchema = z.object({ Subject: z.string(), Status: z.string(), Priority: z.string() });
const attachmentsSchema = z.object({
  items: z.array(z.object({ id: idSchema, Content: z.string().nullish() })),
});

function personAt(url: string, token: string): Person {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/REST/2.0${path}`, {
      method,
      headers: { Authorization: `token ${token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const seeOne = async (protocol: string): Promise<SeenRecord> => {
    const ticket = ticketSchema.parse(await ask('GET', `/ticket/${protocol}`));
    const texts = attachmentsSchema.parse(
      await ask('GET', `/ticket/${protocol}/attachments?fields=Content&per_page=100`),
    );
    const said = texts.items
      .toSorted((a, b) => Number(a.id) - Number(b.id))
      .map(({ Content }) => Content ?? '');
    return {
      protocol,
      title: ticket.Subject,
      body: said[0] ?? '',
      state: ['resolved', 'rejected'].includes(ticket.Status) ? 'closed' : 'open',
      priority: classOf(ticket.Priority),
      notes: said.slice(1),
    };
  };
  return {
    see: async (inTitle) => {
      const query = encodeURIComponent(`Queue = 'NOC' AND Subject LIKE '${inTitle}'`);
      const found = foundSchema.parse(await ask('GET', `/tickets?query=${query}&orderby=id&per_page=100`));
      return Promise.all(found.items.map(({ id }) => seeOne(id)));
    },
    close: async (protocol) => void (await ask('PUT', `/ticket/${protocol}`, { Status: 'resolved' })),
    take: async (protocol) => void (await ask('PUT', `/ticket/${protocol}/take`, {})),
    say: async (protocol, text) =>
      void (await ask('POST', `/ticket/${protocol}/comment`, { Content: text, ContentType: 'text/plain' })),
  };
}

function classOf(priority: string): Priority | undefined {
  return priority === '100'
    ? 'critical'
    : priority === '50'
      ? 'priority'
      : priority === '0'
        ? 'standard'
        : undefined;
}
