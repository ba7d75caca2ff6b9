// What an agent reported, as a sentence for the reader of a dossier: in his language, with the inventory's names and the
// site's local time. The words of the wire stand beside it, in the entry's data. Pure.
import { assertNever } from '../../../shared/assert.ts';
import type { StateChange } from '../../../shared/wire/messages.ts';
import type { Site } from '../topology.ts';
import { sentenceOfInstant } from '../view/sentences.ts';
import type { DossierWords } from './dossier-words.ts';
import { defaultTimeZone } from './things.ts';

export interface StatementReading {
  /** Of the incident; undefined: it has left the inventory, its things are named by their keys. */
  readonly place: Site | undefined;
  readonly words: DossierWords;
}

/** `link Vivo fora do ar desde 23/11/2026 10:10:02, com sinais de volta` */
export function statementOf(item: StateChange, { place, words }: StatementReading): string {
  const { reported } = words;
  const moment = (at: StateChange['at']): string => sentenceOfInstant(at, place?.timeZone ?? defaultTimeZone);
  switch (item.kind) {
    case 'link.changed':
      return filled(item.recovering ? reported.linkRecovering : reported.link, {
        name: nameOf(place?.links, item.link),
        status: reported.linkStatus[item.status],
        at: moment(item.since),
      });
    case 'host.changed':
      return filled(item.recovering ? reported.hostRecovering : reported.host, {
        name: nameOf(place?.hosts, item.host),
        status: reported.hostStatus[item.status],
        at: moment(item.since),
      });
    case 'run.started':
      return filled(reported.runStarted, { at: moment(item.at) });
    case 'run.explained':
      return filled(reported.runExplained, {
        ending: reported.ending[item.ending],
        at: moment(item.endedAt),
      });
    case 'spool.lost':
      return filled(reported.spoolLost, { at: moment(item.at) });
    default:
      return assertNever(item);
  }
}

export function nameOf(
  things: readonly { readonly key: string; readonly name: string }[] | undefined,
  key: string,
): string {
  return things?.find((each) => each.key === key)?.name ?? key;
}

function filled(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
