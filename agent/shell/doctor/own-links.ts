// What the running agent says of its links and how it pings when it examines itself: read from its own rounds, so that not
// one packet more is sent. Of a link that is down or in doubt it says nothing: that is news, and told as such.
import type { Said } from '../../core/text/doctor-pt.ts';
import type { AgentView, Answers, LinkView } from '../../core/view.ts';
import type { PingMethods } from '../../probes/ping-method.ts';
import { type CheckName, type Finding, found, type Level, type Place, type Speech } from './finding.ts';

type Round = NonNullable<LinkView['round']>;

const roundsMin = 2;

/** What was seen in some looks one after the other. One lost packet is no finding: it takes two rounds to find a thing. */
export class OwnLinks {
  readonly #rounds = new Map<string, Round[]>();
  #last: AgentView | undefined;

  look(view: AgentView): void {
    this.#last = view;
    for (const link of view.links) {
      const { key, round } = link;
      if (round === undefined || !isSettled(link)) continue;
      const rounds = this.#rounds.get(key) ?? [];
      if (rounds.at(-1)?.at !== round.at) this.#rounds.set(key, [...rounds, round]);
    }
  }

  findings(place: Place): readonly Finding[] {
    const links = this.#last?.links ?? [];
    const isHere = ({ source }: LinkView): boolean => source === undefined || place.tools.hasAddress(source);
    const noneIsHere = !links.some(isHere);
    return links.flatMap((link) => {
      const { key: of, source, mode } = link;
      if (source !== undefined && !isHere(link)) {
        // Where this agent watches another link, one whose address is elsewhere is watched from there.
        const gone = (speech: Speech): Said => speech.doctor.link.sourceGone(source);
        return noneIsHere ? [found(place, { check: 'source', level: 'warning', of }, gone)] : [];
      }
      if (mode === 'never') {
        return [
          found(place, { check: 'source', level: 'warning', of }, ({ doctor }) => doctor.link.unjudged),
        ];
      }
      return isSettled(link) ? roundFindings(place, link, this.#rounds.get(of) ?? []) : [];
    });
  }
}

function isSettled({ status, inDoubt, recovering, round }: LinkView): boolean {
  return (status === 'up' || status === 'degraded') && !inDoubt && !recovering && round?.counted === true;
}

function roundFindings(place: Place, link: LinkView, rounds: readonly Round[]): readonly Finding[] {
  const of = link.key;
  return [
    ...gatewayFinding(place, link, rounds),
    ...severalFinding(place, { check: 'anchors', of, answers: best(rounds, 'anchor') }),
    ...severalFinding(place, { check: 'dns', of, answers: best(rounds, 'dns') }),
    ...pageFinding(place, of, rounds),
  ];
}

/** Most rounds ask few targets: of two or more of those that asked the most, the one that was answered best. */
function best(rounds: readonly Round[], role: keyof Round['answers']): Answers | undefined {
  const all = rounds.map(({ answers }) => answers[role]).filter((each) => each !== undefined);
  const askedMost = Math.max(...all.map(({ asked }) => asked));
  const fullest = all.filter(({ asked }) => asked === askedMost);
  if (fullest.length < roundsMin) return undefined;
  return fullest.reduce((one, other) => (other.answered > one.answered ? other : one));
}

function gatewayFinding(place: Place, link: LinkView, rounds: readonly Round[]): readonly Finding[] {
  const told = (level: Level, say: (speech: Speech) => Said): readonly Finding[] => [
    found(place, { check: 'gateway', level, of: link.key }, say),
  ];
  if (rounds.length < roundsMin) return [];
  if (!rounds.some(({ answers }) => (answers.gateway?.asked ?? 0) > 0)) {
    return told('warning', ({ doctor }) => doctor.link.gatewayNone);
  }
  const answers = best(rounds, 'gateway');
  if (answers === undefined) return [];
  const address = ({ doctor }: Speech): string => link.gateway ?? doctor.link.ownRouter;
  return answers.answered === 0
    ? told('warning', (speech) => speech.doctor.link.gatewaySilent(address(speech)))
    : told('ok', (speech) => speech.doctor.link.gatewayGood(address(speech), msText(answers, speech) ?? '?'));
}

/** Of n: none is an error, half or less is a warning, as `vigia-agent doctor` has it. */
function severalFinding(
  place: Place,
  parts: {
    readonly check: 'anchors' | 'dns';
    readonly of: string;
    readonly answers: Answers | undefined;
  },
): readonly Finding[] {
  const { check, of, answers } = parts;
  if (answers === undefined || answers.asked === 0) return [];
  const { answered, asked } = answers;
  const told = (level: Level, say: (speech: Speech) => Said): readonly Finding[] => [
    found(place, { check, level, of }, say),
  ];
  if (answered === 0) {
    return told('error', ({ doctor: { link } }) =>
      check === 'dns' ? link.noDns(asked) : link.noAnchors(asked),
    );
  }
  if (2 * answered <= asked) return told('warning', ({ doctor }) => doctor.link.seenFew(answered, asked));
  return told('ok', (speech) => speech.doctor.link.some(answered, asked, msText(answers, speech)));
}

function pageFinding(place: Place, of: string, rounds: readonly Round[]): readonly Finding[] {
  const pages = rounds.map(({ page }) => page).filter((page) => page !== undefined);
  if (pages.length < roundsMin) return [];
  const told = (level: Level, say: (speech: Speech) => Said): readonly Finding[] => [
    found(place, { check: 'page', level, of }, say),
  ];
  if (pages.includes('no-content')) return told('ok', ({ doctor }) => doctor.link.pageGood);
  return pages.includes('redirected')
    ? told('error', ({ doctor }) => doctor.link.pageOther)
    : told('warning', ({ doctor }) => doctor.link.pageSilent);
}

function msText({ rttMs }: Answers, { words }: Speech): string | undefined {
  return rttMs === undefined ? undefined : words.decimal(rttMs, rttMs < 10 ? 1 : 0);
}

/** How it pings, as it chose; nothing is tried for it. */
export function ownPingFinding(place: Place, pings: Pick<PingMethods, 'method' | 'reason'>): Finding {
  const [method, why] = [pings.method(), pings.reason()];
  const check: CheckName = 'ping-native';
  return method === 'icmp'
    ? found(place, { check, level: 'ok' }, ({ doctor, words }) => doctor.ping.inUse(words.method[method]))
    : found(place, { check, level: 'warning' }, ({ doctor, words }) =>
        doctor.ping.secondBest(words.method[method], why),
      );
}
