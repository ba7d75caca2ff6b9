// A route in one line of words: what of, for whom, in which hours, and how it is sent. Pure.
import type { NoticeRouteItem } from '../../../../shared/api/channels.ts';
import type { Formats } from '../../format.ts';
import type { ChannelWords } from './words.ts';

/** More names than this are counted. */
const namesMax = 4;

export interface RouteSpeech {
  readonly words: ChannelWords;
  readonly formats: Pick<Formats, 'count'>;
  /** Of a customer's key; the key itself where nobody knows it. */
  readonly customer: (key: string) => string;
}

/** `críticos · planos PRO, PREMIUM · fora do horário de atendimento` */
export function whenText(
  { priorities, plans, kinds, customers, hours }: NoticeRouteItem,
  { words, formats, customer }: RouteSpeech,
): string {
  const listed = (names: readonly string[]): string => {
    const left = names.length - namesMax;
    const shown = left > 1 ? [...names.slice(0, namesMax), words.more(formats.count(left))] : names;
    return shown.join(', ');
  };
  const parts = [
    kinds === null ? '' : kinds.map((kind) => words.notice[kind]).join(', '),
    priorities === null ? '' : priorities.map((each) => words.priorities[each]).join(', '),
    plans === null ? '' : words.plans(plans.join(', '), plans.length === 1),
    customers === null ? '' : words.customers(listed(customers.map(customer)), customers.length === 1),
    hours === 'always' ? '' : words.hours[hours],
  ].filter((part) => part !== '');
  return parts.length === 0 ? words.everything : parts.join(' · ');
}

/** `dailyAt`: `HH:MM` */
export function sendText(send: NoticeRouteItem['send'], words: ChannelWords, dailyAt: string): string {
  return send === 'daily' ? words.send.daily(dailyAt) : words.send[send];
}
