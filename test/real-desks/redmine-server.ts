// A real Redmine from Debian's packages: a copy of its program with its own configuration, SQLite file and port under one
// folder. The system's own Redmine, if there is one, is not touched.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createRedmineClient } from '../../server/adapters/desks/redmine/client.ts';
import { redmineConfigSchema } from '../../server/adapters/desks/redmine/config.ts';
import type { Priority } from '../../shared/words.ts';
import { bareEnvironment, freePort, ownFolder, runToEnd, startServer } from './program.ts';
import type { Person, RealDesk, SeenRecord } from './real-desk.ts';

const program = '/usr/share/redmine';
export const redmineFiles = [`${program}/config.ru`, '/usr/bin/puma', '/usr/bin/bundle'];
export const redminePackages = 'redmine redmine-sqlite puma';

export async function startRealRedmine(): Promise<RealDesk> {
  const folder = ownFolder('redmine');
  const cwd = join(folder.path, 'redmine');
  copyProgram(cwd);
  const env = {
    ...bareEnvironment(folder.path),
    BUNDLE_GEMFILE: join(cwd, 'Gemfile'),
    RAILS_ENV: 'production',
    REDMINE_LANG: 'en',
    // Or the migrations write one into the program's folder.
    SCHEMA: '/dev/null',
  };
  const run = (...args: readonly string[]) => runToEnd({ program: '/usr/bin/bundle', args, cwd, env });
  run('lock', '--local');
  run('exec', 'rake', 'db:migrate');
  writeFileSync(join(cwd, 'seed.rb'), seed);
  const printed = run('exec', 'ruby', 'bin/rails', 'runner', 'seed.rb');
  const said = new Map([...printed.matchAll(/^(KEY \S+|FIELD) (\S+)$/gm)].map((each) => [each[1], each[2]]));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['exec', 'puma', '-e', 'production', '-b', `tcp://127.0.0.1:${port}`, '-t', '4:4', '-w', '0'];
  const log = join(folder.path, 'puma.log');
  const server = await startServer({ program: '/usr/bin/bundle', args, cwd, env }, `${url}/login`, log);
  return {
    url,
    person: personAt(url, said.get('KEY ana') ?? ''),
    client: ({ url: address, clock, timeoutMs, credential }) =>
      createRedmineClient({
        config: redmineConfigSchema.parse({
          kind: 'redmine',
          url: address,
          apiKeyFile: 'redmine-key',
          project: 'noc',
          trackerId: 3,
          externalIdFieldId: Number(said.get('FIELD')),
        }),
        secrets: { apiKey: credential ?? said.get('KEY vigia') ?? '' },
        clock,
        timeoutMs,
      }),
    stop: async () => {
      await server.stop();
      folder.remove();
    },
  };
}

/** Debian's Redmine reads its instance's files from `instances/default` beside the program. */
function copyProgram(to: string): void {
  for (const each of ['app', 'bin', 'config', 'config.ru', 'db', 'extra', 'lib', 'public', 'Rakefile'])
    cpSync(join(program, each), join(to, each), {
      recursive: true,
      dereference: true,
      // Debian's link to an instance that need not exist.
      filter: (file) => !file.endsWith('/config/database.yml'),
    });
  for (const each of ['config', 'tmp', 'log', 'files', 'plugins'])
    mkdirSync(join(to, 'instances', 'default', each), { recursive: true });
  for (const each of ['plugins', 'tmp', 'log', 'files']) mkdirSync(join(to, each), { recursive: true });
  const database = join(to, 'instances', 'default', 'config', 'database.yml');
  const file = join(to, 'db', 'redmine.sqlite3');
  writeFileSync(database, `production:\n  adapter: sqlite3\n  database: ${file}\n  timeout: 10000\n`);
  writeFileSync(
    join(to, 'instances', 'default', 'config', 'secret_key.txt'),
    `${'0123456789abcdef'.repeat(4)}\n`,
  );
  const gemfile = readFileSync(join(program, 'Gemfile'), 'utf8');
  writeFileSync(
    join(to, 'Gemfile'),
    `${gemfile.replaceAll(/'\/usr\/share\/redmine\/\{[^']*'/g, `'${database}'`)}\ngem 'puma'\n`,
  );
  // A few hundred migrations, each with its own fsync, take three times as long; nothing here survives the test.
  writeFileSync(join(to, 'config', 'initializers', '00-quick.rb'), quick);
}

const quick = `
require 'active_record/connection_adapters/sqlite3_adapter'
ActiveRecord::ConnectionAdapters::SQLite3Adapter.prepend(Module.new do
  def configure_connection
    super
    execute('PRAGMA synchronous = OFF')
  end
end)
`;

const seed = `
Redmine::DefaultData::Loader.load('en')
Setting.rest_api_enabled = '1'
Setting.notified_events = []
role = Role.find_by_name('Manager')
# Beside a public project, so that a stranger sees an empty list where a known user sees the issues.
project = Project.create!(name: 'NOC', identifier: 'noc', is_public: false, tracker_ids: Tracker.pluck(:id),
  enabled_module_names: ['issue_tracking'])
Project.create!(name: 'Avisos', identifier: 'avisos', is_public: true, tracker_ids: Tracker.pluck(:id),
  enabled_module_names: ['issue_tracking'])
field = IssueCustomField.create!(name: 'Vigia', field_format: 'string', is_filter: true, is_for_all: true,
  tracker_ids: Tracker.pluck(:id), visible: true)
%w(vigia ana).each do |login|
  user = User.new(firstname: login.capitalize, lastname: 'Conceição', mail: "#{login}@noc.test")
  user.login = login
  user.password = user.password_confirmation = 'senha-de-teste-1'
  user.save!
  Member.create!(project: project, principal: user, roles: [role])
  puts "KEY #{login} #{user.api_key}"
end
puts "FIELD #{field.id}"
`;

const issueSchema = z.object({
  id: z.int(),
  subject: z.string(),
  description: z.string().nullish(),
  status: z.object({ is_closed: z.boolean() }),
  priority: z.object({ name: z.string() }),
  journals: z.array(z.object({ notes: z.string().nullish() })).optional(),
});
const classes: Readonly<Record<string, Priority>> = {
  Urgent: 'critical',
  High: 'priority',
  Normal: 'standard',
};

function personAt(url: string, key: string): Person {
  const ask = async (method: string, path: string, issue?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-Redmine-API-Key': key, 'Content-Type': 'application/json' },
      body: issue === undefined ? undefined : JSON.stringify({ issue }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const seeOne = async (id: number): Promise<SeenRecord> => {
    const answer = await ask('GET', `/issues/${id}.json?include=journals`);
    const { issue } = z.object({ issue: issueSchema }).parse(answer);
    return {
      protocol: String(id),
      title: issue.subject,
      // How Redmine ends lines.
      body: (issue.description ?? '').replaceAll('\r\n', '\n'),
      state: issue.status.is_closed ? 'closed' : 'open',
      priority: classes[issue.priority.name],
      notes: (issue.journals ?? []).flatMap(({ notes }) =>
        notes === null || notes === '' ? [] : (notes ?? []),
      ),
    };
  };
  return {
    see: async (inTitle) => {
      const answer = await ask('GET', '/issues.json?project_id=noc&status_id=*&sort=id&limit=100');
      const { issues } = z.object({ issues: z.array(issueSchema) }).parse(answer);
      const wanted = issues.filter(({ subject }) => subject.includes(inTitle));
      return Promise.all(wanted.map(({ id }) => seeOne(id)));
    },
    close: async (protocol) => void (await ask('PUT', `/issues/${protocol}.json`, { status_id: 6 })),
    take: async (protocol) => void (await ask('PUT', `/issues/${protocol}.json`, { assigned_to_id: 'me' })),
    say: async (protocol, text) => void (await ask('PUT', `/issues/${protocol}.json`, { notes: text })),
  };
}
