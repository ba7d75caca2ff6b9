// From deliveries that are due to messages: news of one group as one, and when a recipient would get too many, the rest as
// one summary. Pure: the dispatcher brings what is due and how many messages went out lately, and writes the answer.
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import { listText } from '../../core/view/notice-text.ts';
import type { Notice } from '../../ports/channel.ts';
import type { Delivery, NewMessage } from '../../ports/notice-store.ts';

export interface Composition {
  readonly messages: readonly NewMessage[];
  /** Something had to wait for the storm to pass: look again then. */
  readonly againAt?: Instant;
  /** News that went into a summary for want of room. */
  readonly summarised: number;
  /** By channel, where the storm cap bit. */
  readonly storms: readonly Storm[];
}

export interface Storm {
  readonly channel: string;
  /** As above, of one recipient. */
  readonly summarised: number;
  /** There was no room at all: not before then. */
  readonly heldUntil?: Instant;
}

export interface ComposeOptions {
  readonly now: Instant;
  readonly stormMax: number;
  /** Instants of this recipient's messages in the window before `now`, oldest first. */
  readonly lately: (of: Pick<Delivery, 'channel' | 'recipient'>) => readonly Instant[];
  /** A notice in the words of this moment (the protocol is known by now). */
  readonly fresh: (notice: Notice) => Notice;
  /** The wall, for messages about several incidents. */
  readonly url?: string;
}

/** `due`: most urgent first. */
export function compose(due: readonly Delivery[], options: ComposeOptions): Composition {
  const messages: NewMessage[] = [];
  const storms: Storm[] = [];
  let againAt: Instant | undefined;
  for (const own of grouped(due, ({ channel, recipient }) => `${channel}\n${recipient}`)) {
    const [first] = own;
    for (const each of own.filter(isOwn)) messages.push(messageOf([each], options, 'group'));
    const groups = grouped(own, ({ group }) => group).filter((group) => !isOwn(group[0]));
    const lately = options.lately(first);
    const room = options.stormMax - lately.length;
    if (groups.length === 0) continue;
    if (room <= 0) {
      const oldest = lately[lately.length - options.stormMax] ?? options.now;
      const at = plus(oldest, limits.noticeStormWindowMs);
      againAt = againAt === undefined || at < againAt ? at : againAt;
      storms.push({ channel: first.channel, summarised: 0, heldUntil: at });
      continue;
    }
    const alone = groups.length <= room ? groups : groups.slice(0, room - 1);
    for (const group of alone) messages.push(messageOf(group, options, formOf(group)));
    const [head, ...tail] = groups.slice(alone.length);
    if (head === undefined) continue;
    const rest: Group<Delivery> = [...head, ...tail.flat()];
    messages.push(messageOf(rest, options, 'summary'));
    storms.push({ channel: first.channel, summarised: rest.length });
  }
  const summarised = storms.reduce((sum, storm) => sum + storm.summarised, 0);
  return { messages, againAt, summarised, storms };
}

/** Vigia's own trouble goes past the cap: in a storm it matters most. */
function isOwn({ notice: { kind } }: Delivery): boolean {
  return kind === 'own-outage' || kind === 'desk-down';
}

/** News that waited for an hour of the day were never urgent: they read as a list. */
function formOf(group: readonly Delivery[]): 'group' | 'summary' {
  return group.some(({ group: name }) => name === 'daily' || name === 'at-opening') ? 'summary' : 'group';
}

function messageOf(
  deliveries: Group<Delivery>,
  { now, url, fresh }: ComposeOptions,
  form: 'group' | 'summary',
): NewMessage {
  const [{ channel, recipient, notice: first }, ...others] = deliveries;
  const notices: Group<Notice> = [fresh(first), ...others.map(({ notice }) => fresh(notice))];
  return {
    channel,
    recipient,
    at: now,
    tells: deliveries.map(({ id }) => id),
    notice: together(notices, form, url),
  };
}

function together(notices: Group<Notice>, form: 'group' | 'summary', url: string | undefined): Notice {
  const [first] = notices;
  if (notices.length === 1) return first;
  const urgent = notices.reduce((found, each) =>
    priorities.indexOf(each.priority) < priorities.indexOf(found.priority) ? each : found,
  );
  const incidents = [...new Set(notices.map(({ incident }) => incident))];
  return {
    key: `${form}:${first.key}`,
    kind: form === 'summary' ? 'summary' : urgent.kind,
    priority: urgent.priority,
    ...listText(notices, form),
    to: [...new Set(notices.flatMap(({ to }) => to))],
    // All about one incident: that is where to look.
    ...(incidents.length === 1 && first.incident !== undefined
      ? { incident: first.incident, url: first.url }
      : { url }),
  };
}

type Group<T> = readonly [T, ...T[]];

/** In the order in which each group's first one stands. */
function grouped<T>(items: readonly T[], markOf: (item: T) => string): readonly Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const mark = markOf(item);
    const group = groups.get(mark);
    if (group === undefined) groups.set(mark, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
