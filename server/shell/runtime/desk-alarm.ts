// Tells the alarms of trouble with the desk: away for longer than a hiccup, a critical that waits too long to be registered,
// a delivery that waits for a person, one that was refused. Driven by the outbox worker's news. Must never tell of a hiccup, nor end what it did not raise.
import { assertNever } from '../../../shared/assert.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { EffectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import { say } from '../../core/view/catalogue.ts';
import { cataloguePt } from '../../core/view/catalogue-pt.ts';
import { sentenceOfInstant } from '../../core/view/sentences.ts';
import type { AlarmNews } from '../../ports/alarm.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AlarmLines } from './alarm-lines.ts';
import type { DeskNews } from './desk-condition.ts';

export interface DeskAlarmOptions {
  readonly lines: Pick<AlarmLines, 'tell'>;
  readonly clock: Clock;
  /** Short name of the desk, as beside the protocols. */
  readonly desk: string;
  /** Deliveries not yet done. */
  readonly waiting: () => number;
}

export interface DeskAlarm {
  hear(news: DeskNews): void;
  stop(): void;
}

interface Away {
  readonly since: Instant;
  error: Failure;
  told: boolean;
}

/** What stands told; both ends of it have one key, whatever else came to it meanwhile. */
interface Told {
  readonly since: Instant;
  readonly kind: 'away' | 'late';
  reachedAt?: Instant;
}

/**
 * A desk is told to be down `limits.deskDownToldMs` after its first failure, with a wrong credential at once; one that
 * leaves an opening of a critical waiting, by the same alarm in other words. It is one alarm: told by the first of the two,
 * ended when neither is left.
 */
export function createDeskAlarm(options: DeskAlarmOptions): DeskAlarm {
  const whole = createWholeDeskAlarm(options);
  const one = createOneDeliveryAlarm(options.lines, options.desk);
  const hear = (news: DeskNews): void => {
    switch (news.kind) {
      case 'desk.unreachable':
        return whole.unreachable(news);
      case 'desk.unauthorised':
        return whole.unauthorised(news);
      case 'desk.reached':
        return whole.reached(news);
      case 'desk.late':
        return whole.late(news);
      case 'desk.in-time':
        return whole.inTime(news);
      case 'desk.held':
      case 'desk.released':
      case 'desk.refused':
        return one(news);
      default:
        assertNever(news);
    }
  };
  return { hear, stop: whole.stop };
}

function createWholeDeskAlarm({ lines, clock, desk, waiting }: DeskAlarmOptions) {
  let away: Away | undefined;
  let late = false;
  let told: Told | undefined;
  let cancel = (): void => {};

  const tellDown = (): void => {
    if (away === undefined || away.told) return;
    away.told = true;
    if (told !== undefined) return;
    told = { since: away.since, kind: 'away' };
    lines.tell(downNews(desk, away, waiting()));
  };
  const endWhenOver = (at: Instant): void => {
    if (told === undefined || away?.told === true || late) return;
    const end = { at: told.reachedAt ?? at, waiting: waiting() };
    lines.tell(told.kind === 'away' ? upNews(desk, told, end) : inTimeNews(desk, told.since, end));
    told = undefined;
  };
  return {
    unreachable: ({ at, error }: OfKind<'desk.unreachable'>): void => {
      away = { since: at, error, told: false };
      cancel = clock.after(limits.deskDownToldMs, tellDown);
    },
    unauthorised: ({ at, error }: OfKind<'desk.unauthorised'>): void => {
      away = { since: away?.since ?? at, error, told: away?.told ?? false };
      tellDown();
    },
    reached: ({ at }: OfKind<'desk.reached'>): void => {
      cancel();
      away = undefined;
      if (told?.kind === 'away') told.reachedAt = at;
      endWhenOver(at);
    },
    late: (news: OfKind<'desk.late'>): void => {
      late = true;
      if (told !== undefined) return;
      told = { since: news.since, kind: 'late' };
      lines.tell(lateNews(desk, news, waiting()));
    },
    inTime: ({ at, since }: OfKind<'desk.in-time'>): void => {
      // Nothing told by this run: the run before told it, and died before its end.
      if (told === undefined) lines.tell(inTimeNews(desk, since, { at, waiting: waiting() }));
      late = false;
      endWhenOver(at);
    },
    stop: (): void => cancel(),
  };
}

/** Of one delivery: it waits for a person, or was refused. */
function createOneDeliveryAlarm(lines: DeskAlarmOptions['lines'], desk: string) {
  const heldTold = new Set<EffectKey>();
  return (news: OfKind<'desk.held' | 'desk.released' | 'desk.refused'>): void => {
    switch (news.kind) {
      case 'desk.held':
        heldTold.add(news.key);
        return lines.tell(heldNews(desk, news));
      case 'desk.released':
        if (heldTold.delete(news.key)) lines.tell(releasedNews(desk, news));
        return;
      case 'desk.refused':
        return lines.tell(refusedNews(desk, news));
      default:
        assertNever(news);
    }
  };
}

function downNews(desk: string, { since, error }: Away, waiting: number): AlarmNews {
  const at = sentenceOfInstant(since, 'America/Sao_Paulo');
  const text =
    error.code === 'desk.unauthorised'
      ? `A central de chamados (${desk}) não aceita a credencial do Vigia desde ${at} (Brasília). ${waitingText(waiting)} Conferir usuário, chave e permissões.`
      : `A central de chamados (${desk}) não responde desde ${at} (Brasília). ${waitingText(waiting)} Acompanhar os incidentes pelo painel do Vigia.`;
  return { key: `desk-down:${desk}:${since}:raised`, kind: 'desk-down', state: 'raised', since, text };
}

interface End {
  readonly at: Instant;
  readonly waiting: number;
}

function upNews(desk: string, { since }: Told, { at, waiting }: End): AlarmNews {
  const when = sentenceOfInstant(at, 'America/Sao_Paulo');
  const text = `A central de chamados (${desk}) voltou a responder: ${when} (Brasília). ${waitingText(waiting)}`;
  return { key: `desk-down:${desk}:${since}:cleared`, kind: 'desk-down', state: 'cleared', since: at, text };
}

function lateNews(desk: string, { since, because }: OfKind<'desk.late'>, waiting: number): AlarmNews {
  const time = sentenceOfInstant(since, 'America/Sao_Paulo');
  const reason = say(cataloguePt, `desk.late.${because}`);
  const text = `${say(cataloguePt, 'desk.late', { desk, time, reason })} ${waitingText(waiting)}`;
  return {
    key: `desk-down:${desk}:${since}:raised`,
    kind: 'desk-down',
    state: 'raised',
    late: true,
    since,
    text,
  };
}

function inTimeNews(desk: string, since: Instant, { at, waiting }: End): AlarmNews {
  const time = sentenceOfInstant(at, 'America/Sao_Paulo');
  const text = `${say(cataloguePt, 'desk.in-time', { desk, time })} ${waitingText(waiting)}`;
  const key = `desk-down:${desk}:${since}:cleared`;
  return { key, kind: 'desk-down', state: 'cleared', late: true, since: at, text };
}

function waitingText(waiting: number): string {
  if (waiting === 0) return 'Nenhum envio está à espera.';
  return waiting === 1 ? '1 envio está à espera.' : `${waiting} envios estão à espera.`;
}

type OfKind<K extends DeskNews['kind']> = Extract<DeskNews, { readonly kind: K }>;

function heldNews(desk: string, { key, incident, at, reason }: OfKind<'desk.held'>): AlarmNews {
  return {
    key: `desk-held:${key}:raised`,
    kind: 'desk-held',
    state: 'raised',
    incident,
    since: at,
    text: `Um envio para a central (${desk}) espera por uma pessoa, incidente ${incident}: ${reason}.`,
  };
}

function releasedNews(desk: string, { key, incident, at }: OfKind<'desk.released'>): AlarmNews {
  return {
    key: `desk-held:${key}:cleared`,
    kind: 'desk-held',
    state: 'cleared',
    incident,
    since: at,
    text: `O envio do incidente ${incident} para a central (${desk}) não espera mais.`,
  };
}

function refusedNews(desk: string, { key, incident, at, reason }: OfKind<'desk.refused'>): AlarmNews {
  return {
    key: `desk-refused:${key}:raised`,
    kind: 'desk-refused',
    state: 'raised',
    incident,
    since: at,
    text: `A central (${desk}) recusou um envio do incidente ${incident}, que não será repetido: ${reason}. Registrar à mão.`,
  };
}
