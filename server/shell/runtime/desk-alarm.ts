// Tells the alarms of trouble with the desk: away for longer than a hiccup, a delivery that waits for a person, one that
// was refused. Driven by the outbox worker's news. Must never tell of a hiccup, nor end what it did not raise.
import { assertNever } from '../../../shared/assert.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { EffectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
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

/** A desk is told to be down `limits.deskDownToldMs` after its first failure; with a wrong credential at once. */
export function createDeskAlarm({ lines, clock, desk, waiting }: DeskAlarmOptions): DeskAlarm {
  let away: Away | undefined;
  let cancel = (): void => {};
  const heldTold = new Set<EffectKey>();

  const tellDown = (): void => {
    if (away === undefined || away.told) return;
    away.told = true;
    lines.tell(downNews(desk, away, waiting()));
  };
  const hear = (news: DeskNews): void => {
    switch (news.kind) {
      case 'desk.unreachable':
        away = { since: news.at, error: news.error, told: false };
        cancel = clock.after(limits.deskDownToldMs, tellDown);
        return;
      case 'desk.unauthorised':
        away = { since: away?.since ?? news.at, error: news.error, told: away?.told ?? false };
        return tellDown();
      case 'desk.reached':
        cancel();
        if (away?.told === true) lines.tell(upNews(desk, away, { at: news.at, waiting: waiting() }));
        away = undefined;
        return;
      case 'desk.held':
        heldTold.add(news.key);
        lines.tell(heldNews(desk, news));
        return;
      case 'desk.released':
        if (heldTold.delete(news.key)) lines.tell(releasedNews(desk, news));
        return;
      case 'desk.refused':
        lines.tell(refusedNews(desk, news));
        return;
      default:
        assertNever(news);
    }
  };
  return { hear, stop: () => cancel() };
}

function downNews(desk: string, { since, error }: Away, waiting: number): AlarmNews {
  const at = sentenceOfInstant(since, 'America/Sao_Paulo');
  const text =
    error.code === 'desk.unauthorised'
      ? `A central de chamados (${desk}) não aceita a credencial do Vigia desde ${at} (Brasília). ${waitingText(waiting)} Conferir usuário, chave e permissões.`
      : `A central de chamados (${desk}) não responde desde ${at} (Brasília). ${waitingText(waiting)} Acompanhar os incidentes pelo painel do Vigia.`;
  return { key: `desk-down:${desk}:${since}:raised`, kind: 'desk-down', state: 'raised', since, text };
}

function upNews(
  desk: string,
  { since }: Away,
  { at, waiting }: { readonly at: Instant; readonly waiting: number },
): AlarmNews {
  const when = sentenceOfInstant(at, 'America/Sao_Paulo');
  const text = `A central de chamados (${desk}) voltou a responder: ${when} (Brasília). ${waitingText(waiting)}`;
  return { key: `desk-down:${desk}:${since}:cleared`, kind: 'desk-down', state: 'cleared', since: at, text };
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
