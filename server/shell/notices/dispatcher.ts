// The NOC's notices from committed changes to channels. 1. news are read from incidents, after commits and once from the
// state at the start, and taken by key; 2. routes say whom, they wait for others of their group; 3. what is due becomes
// messages, on disk; 4. each channel's line sends them. Killed between any two steps, the next run goes on there.
// Must never work in the correlator's turn, nor take one key twice.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import { ok } from '../../../shared/result.ts';
import { type Instant, instant, later, plus } from '../../../shared/time.ts';
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import type { Calendars } from '../../core/sla/calendars.ts';
import { decidingSite } from '../../core/sla/escalation-facts.ts';
import type { State } from '../../core/state.ts';
import { noticeText } from '../../core/view/notice-text.ts';
import type { Alarm, AlarmNews } from '../../ports/alarm.ts';
import type { Channel, Notice } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { Delivery, NoticeStore, PastMessage } from '../../ports/notice-store.ts';
import type { NoticeCounters, TellingState } from './board.ts';
import { ChannelLine } from './channel-line.ts';
import { type Composition, compose } from './compose.ts';
import { isQuiet, type News, newsOf } from './news.ts';
import { ownNotice } from './own-news.ts';
import { deliveriesOf, type RoutedNotice } from './routes.ts';
import type { NoticesSettings } from './settings.ts';

export interface DispatcherOptions {
  readonly channels: readonly Channel[];
  readonly store: NoticeStore;
  readonly settings: NoticesSettings;
  readonly calendars: Calendars;
  readonly correlator: Pick<Correlator, 'state' | 'onCommitted'>;
  readonly clock: Clock;
  /** As `Retention.agedAt`: a clock that was set wrong forgets nothing. */
  readonly agedAt: () => Instant | undefined;
  readonly random: Random;
  /** How people reach this server, without a slash at the end. */
  readonly publicUrl?: string;
  readonly onFatal: (error: unknown) => void;
  readonly onRefused?: (channel: string, key: string, message: string) => void;
}

/** Begins with the state: what a run before had no time to tell is told now. */
export class Dispatcher {
  /** Hears of Vigia's own trouble, beside the other alarms. */
  readonly alarm: Alarm = {
    name: 'channels',
    tell: async (news) => {
      this.#guarded(() => this.#tellOwn(news));
      return ok(undefined);
    },
  };
  readonly #options: DispatcherOptions;
  readonly #counts = { taken: 0, unrouted: 0, dropped: 0, quieted: 0, summarised: 0 };
  readonly #lines: ReadonlyMap<string, ChannelLine>;
  /** Where the storm cap bit, by channel; as many as there are channels. */
  readonly #storms = new Map<string, Pick<TellingState, 'summarised' | 'heldUntil'>>();
  /** Incidents that changed since they were read last. */
  readonly #changed = new Map<IncidentId, Incident>();
  readonly #began: Instant;
  readonly #stopListening: () => void;
  /** When what was due then was put into messages last; what had to wait is looked at again at `againAt`. */
  #toldAt: Instant;
  #againAt: Instant | undefined;
  #stopped = false;
  #cancelRead: (() => void) | undefined;
  #cancelDue = (): void => {};
  #cancelPrune = (): void => {};

  constructor(options: DispatcherOptions) {
    const { channels, store, clock, correlator } = options;
    this.#options = options;
    this.#lines = new Map(
      channels.map((channel) => [channel.name, new ChannelLine({ ...options, channel })] as const),
    );
    this.#began = store.begin(clock.now());
    // What became due in a run before is due now.
    this.#toldAt = instant(0);
    const { incidents, closed } = correlator.state();
    for (const list of closed.values()) for (const incident of list) this.#look(incident);
    for (const incident of incidents.values()) this.#look(incident);
    this.#cancelRead ??= clock.after(0, this.#read);
    this.#cancelPrune = clock.after(limits.pruneEveryMs, this.#prune);
    this.#stopListening = correlator.onCommitted(({ changes }) => {
      for (const change of changes) if (isIncidentChange(change)) this.#look(change.incident);
    });
  }

  counters(): NoticeCounters {
    return { ...this.#counts, waiting: this.#options.store.waiting() };
  }

  channelState(name: string): TellingState | undefined {
    const line = this.#lines.get(name);
    if (line === undefined) return undefined;
    const { summarised = 0, heldUntil } = this.#storms.get(name) ?? {};
    const held = heldUntil !== undefined && heldUntil > this.#options.clock.now();
    return { ...line.state(), summarised, heldUntil: held ? heldUntil : undefined };
  }

  /** Newest first. */
  recent(limit: number): readonly PastMessage[] {
    return this.#options.store.recent(limit);
  }

  /** Of the news that wait for their group or an hour of the day; undefined: none waits for a later moment. */
  nextDueAt(): Instant | undefined {
    return this.#options.store.nextDueAt(this.#options.clock.now());
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#cancelRead?.();
    this.#cancelDue();
    this.#cancelPrune();
    for (const line of this.#lines.values()) line.stop();
  }

  /** Not in the correlator's turn. */
  #look(incident: Incident): void {
    this.#changed.set(incident.id, incident);
    this.#cancelRead ??= this.#options.clock.after(0, this.#read);
  }

  readonly #read = (): void => {
    this.#cancelRead = undefined;
    this.#guarded(() => this.#readChanged());
  };

  #readChanged(): void {
    const { clock, correlator, store } = this.#options;
    const floor = later(this.#began, plus(clock.now(), -limits.noticeAgeMsMax));
    let [reads, takes] = [0, 0];
    for (const [id, incident] of this.#changed) {
      if (reads >= limits.noticeReadsPerTurnMax || takes >= limits.noticeTakesPerTurnMax) break;
      this.#changed.delete(id);
      reads += 1;
      for (const news of newsOf(incident, correlator.state())) {
        if (news.at < floor || store.knows(news.key)) continue;
        take(this.#options, this.#counts, routedOf(this.#options, news, incident));
        takes += 1;
      }
    }
    if (this.#changed.size > 0) this.#cancelRead = clock.after(0, this.#read);
    this.#armDue();
  }

  #tellDue(): void {
    const { clock } = this.#options;
    const { againAt, storms } = composeDue(this.#options, this.#counts, this.#lines);
    this.#againAt = againAt;
    for (const { channel, summarised, heldUntil } of storms) {
      const before = this.#storms.get(channel);
      this.#storms.set(channel, {
        summarised: (before?.summarised ?? 0) + summarised,
        heldUntil: latest(before?.heldUntil, heldUntil),
      });
    }
    this.#toldAt = clock.now();
    this.#armDue();
  }

  /** The next look at what is due; one a turn, however much news comes. */
  #armDue(): void {
    const { clock, store } = this.#options;
    this.#cancelDue();
    const nextAt = earliest(store.nextDueAt(plus(this.#toldAt, -1)), this.#againAt);
    if (nextAt === undefined) return;
    const at = later(nextAt, plus(this.#toldAt, limits.noticeTurnMs));
    const wait = Math.max(0, at - clock.now());
    this.#cancelDue = clock.after(wait, () => this.#guarded(() => this.#tellDue()));
  }

  #tellOwn(news: AlarmNews): void {
    const { store, clock, publicUrl } = this.#options;
    const notice = ownNotice(news, publicUrl);
    if (store.knows(notice.key)) return;
    take(this.#options, this.#counts, { notice, group: notice.key, atOnce: true, now: clock.now() });
    this.#tellDue();
  }

  readonly #prune = (): void => {
    const { store, clock, agedAt } = this.#options;
    const at = agedAt();
    if (at !== undefined) this.#guarded(() => void store.prune(plus(at, -limits.noticesKeptMs)));
    if (!this.#stopped) this.#cancelPrune = clock.after(limits.pruneEveryMs, this.#prune);
  };

  /** What the disk refuses ends the process: nothing may be told that is not kept. */
  #guarded(run: () => void): void {
    if (this.#stopped) return;
    try {
      run();
    } catch (error) {
      this.#options.onFatal(error);
    }
  }
}

type Counts = { -readonly [K in keyof Omit<NoticeCounters, 'waiting'>]: number };

function routedOf(options: DispatcherOptions, news: News, incident: Incident): RoutedNotice {
  const state = options.correlator.state();
  return {
    notice: noticeOf(options, news, incident),
    site: decidingSite(incident, state),
    group: groupOf(news, incident, state),
    now: options.clock.now(),
  };
}

function noticeOf({ correlator, publicUrl }: DispatcherOptions, news: News, incident: Incident): Notice {
  const { topology } = correlator.state();
  return {
    key: news.key,
    kind: news.kind,
    priority: incident.priority,
    ...noticeText({ ...news, incident, topology }),
    to: news.to,
    incident: incident.id,
    ...(publicUrl === undefined ? {} : { url: `${publicUrl}/incidents/${incident.id}` }),
  };
}

/** News of one provider go together, else those of one site; an escalation stands by itself. */
function groupOf({ kind }: News, { id, provider, site, link }: Incident, { topology }: State): string {
  if (kind === 'escalated') return `escalated:${id}`;
  const own = site === undefined ? undefined : topology.sites.get(site);
  const carrier = provider ?? own?.links.find((each) => each.key === link)?.provider;
  return carrier === undefined ? `site:${site ?? id}` : `provider:${carrier}`;
}

/** On disk with all its deliveries; those of a group that waits already go with it. */
function take(options: DispatcherOptions, counts: Counts, routed: RoutedNotice): void {
  const { store } = options;
  const deliveries = deliveriesOf(options, routed).map((each) => {
    const dueAt = store.groupDueAt(each);
    return dueAt !== undefined && dueAt < each.dueAt ? { ...each, dueAt } : each;
  });
  const full = store.waiting() + deliveries.length > limits.noticesWaitingMax;
  if (!store.take(routed.notice, full ? [] : deliveries, routed.now)) return;
  counts.taken += 1;
  if (deliveries.length === 0) counts.unrouted += 1;
  else if (full) counts.dropped += 1;
}

/** `againAt`: when to look again although nothing new is due, because a storm passes. */
function composeDue(
  options: DispatcherOptions,
  counts: Counts,
  lines: ReadonlyMap<string, ChannelLine>,
): Pick<Composition, 'againAt' | 'storms'> {
  const { store, clock, settings, publicUrl: url } = options;
  const now = clock.now();
  const due: Delivery[] = [];
  const dropped: number[] = [];
  const rows = store.due(now);
  for (const delivery of rows) {
    // A channel that left the configuration, or what a parent's notice tells by now.
    if (lines.has(delivery.channel) && !isToldOtherwise(options, delivery.notice)) due.push(delivery);
    else dropped.push(delivery.id);
  }
  if (dropped.length > 0) store.drop(dropped);
  counts.quieted += dropped.length;
  const since = plus(now, -limits.noticeStormWindowMs);
  const composition = compose(due, {
    now,
    stormMax: settings.stormMax,
    lately: (of) => store.composedAfter(of, since),
    fresh: (notice) => fresh(options, notice),
    url,
  });
  counts.summarised += composition.summarised;
  for (const message of composition.messages) lines.get(message.channel)?.add(store.compose(message));
  const more = rows.length < limits.noticesPerTurnMax ? undefined : now;
  return { againAt: earliest(composition.againAt, more), storms: composition.storms };
}

/** Another's notice tells it by now. */
function isToldOtherwise({ correlator }: DispatcherOptions, notice: Notice): boolean {
  const state = correlator.state();
  const incident = notice.incident === undefined ? undefined : state.incidents.get(notice.incident);
  if (incident === undefined || notice.kind === 'own-outage' || notice.kind === 'desk-down') return false;
  return isQuiet(incident, state);
}

/** In the words of this moment: the protocol is known by now. */
function fresh(options: DispatcherOptions, notice: Notice): Notice {
  const state = options.correlator.state();
  const incident = notice.incident === undefined ? undefined : state.incidents.get(notice.incident);
  if (incident === undefined) return notice;
  const news = newsOf(incident, state).find(({ key }) => key === notice.key);
  return news === undefined ? notice : noticeOf(options, news, incident);
}

function latest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return later(a, b);
}

function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
