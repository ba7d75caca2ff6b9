// The operator's folders: what is taken, what is refused and how it is said, and what a running server does with a change.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config.ts';
import { initialState } from '../../../server/core/evolve.ts';
import type { Input } from '../../../server/core/input.ts';
import type { TicketSettings } from '../../../server/core/ticket-settings.ts';
import { parseHint } from '../../../server/knowledge-files.ts';
import { loadTicketSettings, openTicketSettings } from '../../../server/ticket-settings.ts';
import type { Failure, Issue } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { ok } from '../../../shared/result.ts';
import { instant } from '../../../shared/time.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-texts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(folder, name), text);
const hintText = (head: string, body = '1. Ligar.\n   Anotar.\n- Esperar.'): string =>
  `---\n${head}\n---\n\n${body}\n`;
const issuesOf = (given: Parameters<typeof loadTicketSettings>[0]): readonly Issue[] => {
  const loaded = loadTicketSettings(given);
  return loaded.ok ? [] : (loaded.failure.issues ?? []);
};
const loaded = (given: Parameters<typeof loadTicketSettings>[0] = {}): TicketSettings => {
  const settings = loadTicketSettings(given);
  if (!settings.ok) throw new Error(JSON.stringify(settings.failure));
  return settings.value;
};

describe('ticket settings: shipped', () => {
  it('come with a hint for every kind and no template of their own', () => {
    const { hints, templates } = loaded();
    expect(hints.length).toBeGreaterThanOrEqual(15);
    expect(templates).toEqual({});
    expect(hints.every(({ own, steps }) => !own && steps.length > 0)).toBe(true);
  });
});

describe('ticket settings: templates', () => {
  it('take the place of the shipped text, file by file', () => {
    write('title.pt-BR.txt', '[{{customer}}] {{title}}\n');
    write('leia-me.md', 'nada');
    expect(loaded({ ticketTemplates: folder }).templates).toEqual({
      title: '[{{customer}}] {{title}}\n',
    });
  });

  it('are refused with file, line and the names that exist', () => {
    write('ticket.pt-BR.txt', '{{title}}\n\n{{cliente}}\n');
    const [issue] = issuesOf({ ticketTemplates: folder });
    expect(issue?.path).toBe(`${join(folder, 'ticket.pt-BR.txt')}:3`);
    expect(issue?.message).toMatch(/unknown placeholder "cliente"; known here: title, .*customer/);
  });

  it('are refused under a name that is no template, in another encoding, and too long', () => {
    write('titulo.txt', 'x');
    write('title.pt-BR.txt', new Uint8Array([0x53, 0xe3, 0x6f]));
    write('ticket.pt-BR.txt', 'x'.repeat(limits.ticketFileCharsMax + 1));
    const told = issuesOf({ ticketTemplates: folder }).map(({ message }) => message);
    expect(told[0]).toMatch(/characters; wanted/);
    expect(told[1]).toMatch(/is not UTF-8/);
    expect(told[2]).toMatch(/no template has this name; wanted: one of title.pt-BR.txt/);
  });

  it('are refused when the folder is not there', () => {
    expect(issuesOf({ ticketTemplates: join(folder, 'x') })[0]?.path).toBe('ticketTemplates');
    expect(issuesOf({ knowledge: join(folder, 'x') })[0]?.path).toBe('knowledge');
  });
});

describe('ticket settings: hints', () => {
  it('join the shipped ones and replace the one with the same id', () => {
    const before = loaded().hints.length;
    write('a.md', hintText('id: link-dns\ntitle: DNS da casa\nappliesTo:\n  layers: [dns]'));
    write('b.md', hintText('id: vivo\ntitle: Vivo\nappliesTo:\n  providers: [vivo]'));
    const { hints } = loaded({ knowledge: folder });
    expect(hints).toHaveLength(before + 1);
    expect(hints.find(({ id }) => id === 'link-dns')).toMatchObject({
      title: 'DNS da casa',
      own: true,
      steps: ['Ligar. Anotar.', 'Esperar.'],
    });
  });

  it.each([
    ['Texto sem cabeçalho', 'x.md:1', /front matter/],
    [hintText('id: a\ntitle: A\nappliesTo: {kind: [link-down]}'), 'x.md: appliesTo.kind', /unknown field/],
    [
      hintText('id: a\ntitle: A\nappliesTo: {kinds: [link-caido]}'),
      'x.md: appliesTo.kinds',
      /wanted: one of link-down/,
    ],
    [hintText('id: A b\ntitle: A\nappliesTo: {}'), 'x.md: id', /lower case/],
    [hintText('id: a\nid: b'), 'x.md:3', /unique/],
    [hintText('id: a\ntitle: A\nappliesTo: {}', ''), 'x.md', /no steps/],
    [hintText('id: a\ntitle: A\nappliesTo: {}', 'Ligue.'), 'x.md:7', /wanted: a step/],
  ])('%j is refused at %s', (text, path, message) => {
    const issues: Issue[] = [];
    expect(parseHint(text, { file: 'x.md', own: true, issues })).toBeUndefined();
    expect(issues[0]?.path).toContain(path);
    expect(issues[0]?.message).toMatch(message);
  });

  it('two files with one id are refused', () => {
    write('a.md', hintText('id: a\ntitle: A\nappliesTo: {}'));
    write('b.md', hintText('id: a\ntitle: B\nappliesTo: {}'));
    expect(issuesOf({ knowledge: folder })[0]?.message).toBe('id "a" is taken by a.md; wanted: each id once');
  });
});

describe('ticket settings: while running', () => {
  function bench() {
    const inputs: Input[] = [];
    const refused: Failure[] = [];
    let tickets: TicketSettings | undefined;
    let due: (() => void) | undefined;
    const open = () =>
      openTicketSettings({
        sources: { ticketTemplates: folder },
        correlator: { state: () => ({ ...initialState(), tickets }) },
        clock: {
          now: () => instant(1),
          after: (_delay, run) => {
            due = run;
            return () => {
              due = undefined;
            };
          },
        },
        submit: async (input) => {
          inputs.push(input);
          if (input.kind === 'tickets.configured') tickets = input.settings;
          return ok(undefined);
        },
        onRefused: (failure) => void refused.push(failure),
      });
    const lookAgain = async (): Promise<void> => {
      due?.();
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    };
    return { inputs, refused, open, lookAgain, waits: () => due !== undefined };
  }

  it('tells the core once, and again only when a file has changed', async () => {
    const { inputs, open, lookAgain } = bench();
    await open();
    await lookAgain();
    expect(inputs).toHaveLength(1);
    write('title.pt-BR.txt', '{{title}}!');
    await lookAgain();
    await lookAgain();
    expect(inputs).toHaveLength(2);
    expect(inputs[1]).toMatchObject({ settings: { templates: { title: '{{title}}!' } } });
  });

  it('keeps what stood before when a file becomes wrong, and says so once', async () => {
    const { inputs, refused, open, lookAgain } = bench();
    await open();
    write('title.pt-BR.txt', '{{nada}}');
    await lookAgain();
    await lookAgain();
    expect([inputs.length, refused.length]).toEqual([1, 1]);
    write('title.pt-BR.txt', '{{title}}');
    await lookAgain();
    expect(inputs).toHaveLength(2);
  });

  it('looks no more once stopped', async () => {
    const { open, waits } = bench();
    const book = await open();
    expect(waits()).toBe(true);
    book.stop();
    expect(waits()).toBe(false);
  });
});

describe('ticket settings: vigia.yaml', () => {
  it('names the folders beside itself; their mistakes stop the start, all together', () => {
    write('vigia.yaml', 'ticketTemplates: .\nknowledge: ./dicas\n');
    write('title.pt-BR.txt', '{{cliente}}');
    const config = loadConfig({
      file: join(folder, 'vigia.yaml'),
      environment: {},
      workingDirectory: '/',
    });
    const paths = config.ok ? [] : (config.failure.issues ?? []).map(({ path }) => path);
    expect(paths).toEqual([`${join(folder, 'title.pt-BR.txt')}:1`, 'knowledge']);
    write('title.pt-BR.txt', '{{title}}');
    write('vigia.yaml', 'ticketTemplates: .\n');
    const right = loadConfig({ file: join(folder, 'vigia.yaml'), environment: {}, workingDirectory: '/' });
    expect(right.ok && right.value.ticketTemplates).toBe(folder);
  });
});
