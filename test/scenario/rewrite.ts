// Writes the output lines of every transcript and the pages of printed tickets anew. Only by hand, never in a test.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { templatesPage, ticketPage } from './ticket-pages.ts';
import { play } from './transcript.ts';

const folder = new URL('.', import.meta.url);
for (const name of readdirSync(folder).filter((each) => each.endsWith('.txt'))) {
  const file = new URL(name, folder);
  writeFileSync(file, play(readFileSync(file, 'utf8')));
}
writeFileSync(new URL('../../docs/tickets.md', folder), ticketPage());
writeFileSync(new URL('../../docs/ticket-templates.md', folder), templatesPage());
