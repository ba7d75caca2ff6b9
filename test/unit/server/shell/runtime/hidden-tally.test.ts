// What windows and silences are said to have hidden, on transcripts that the real core lives through: true causes only, each
// once, known while they are held, and not lost by a restart.
import { describe, expect, it } from 'vitest';
import { createMemoryPlannedStore } from '../../../../../server/adapters/memory/planned.ts';
import { decide } from '../../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { Committed } from '../../../../../server/ports/correlator.ts';
import type { PlannedStore } from '../../../../../server/ports/planned.ts';
import {
  type HiddenByPlan,
  type HiddenTally,
  openHiddenTally,
} from '../../../../../server/shell/runtime/hidden-tally.ts';
import { type Instant, minute, second } from '../../../../../shared/time.ts';
import { clockToInstant } from '../../../../scenario/language.ts';
import { play } from '../../../../scenario/transcript.ts';
import { virtualClock } from '../http/harness.ts';

const start = `
10:00:00 Vigia inicia
10:00:00 inventário importado
10:00:00 agente srv-ad é inscrito em aurora/matriz
10:01:00 agente srv-ad conecta por 198.51.100.10
10:01:01 agente srv-ad conta: link vivo no ar desde 10:01:00; link claro no ar desde 10:01:00
10:01:05 endereço público de aurora/matriz vivo responde desde 10:01:05
10:01:05 endereço público de aurora/matriz claro responde desde 10:01:05`;
const silenced = `${start}
10:05:00 ana silencia aurora/matriz link vivo até 11:00:00: operadora no poste`;
const window = `${start}
10:05:00 ana planeja manutenção em aurora/matriz link vivo das 10:10:00 às 11:00:00: troca do modem`;
const down = '10:12:06 agente srv-ad conta: link vivo fora do ar (provider) desde 10:12:00';

/** Lives through it beside a tally, until the last line. */
function live(text: string, store: PlannedStore = storeOf()) {
  const clock = virtualClock(clockToInstant('10:00:00'));
  const listeners = new Set<(committed: Committed) => void>();
  let state: State = initialState();
  const open = (): HiddenTally =>
    openHiddenTally({
      ...{ store, clock },
      correlator: {
        state: () => state,
        onCommitted: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
  let tally = open();
  const passTo = (at: Instant): void => clock.advance(Math.max(0, at - clock.now()));
  play(text, {
    decide,
    evolve: (before, numbered, changes) => {
      passTo(numbered.input.at);
      state = evolve(before, numbered, changes);
      for (const listener of listeners) listener({ seq: numbered.seq, changes });
      return state;
    },
  });
  passTo(clockToInstant(text.split('\n').at(-1)?.slice(0, 8) ?? ''));
  const plans = Object.values(state.planned).flatMap(({ windows, silences }) => [...windows, ...silences]);
  const [plan] = [...new Set(plans.map(({ id }) => id))];
  return {
    store,
    hidden: (): HiddenByPlan => tally.of(plan ?? 'none'),
    pass: (ms: number) => clock.advance(ms),
    restart: () => {
      tally.stop();
      tally = open();
    },
    forget: () => tally.forget(plan ?? 'none'),
    killed: () => {
      tally = open();
    },
  };
}

/** Takes notes of any plan: transcripts define theirs in the core alone. */
function storeOf(): PlannedStore {
  const store = createMemoryPlannedStore();
  const notes = new Map<string, { readonly plan: string; readonly cause: string }>();
  return {
    ...store,
    hidden: () => [...notes.values()],
    noteHidden: (those) => {
      for (const each of those) notes.set(`${each.plan} ${each.cause}`, each);
    },
  };
}

describe.each([
  ['a silence', silenced],
  ['a window', window],
])('%s', (_what, before) => {
  it('has hidden nothing while nothing fails', () => {
    expect(live(`${before}\n10:30:00 ...`).hidden()).toEqual({ total: 0, now: [] });
  });

  it('names what it holds, from a blip’s length on', () => {
    const lived = live(`${before}\n${down}\n10:12:08 ...`);
    expect(lived.hidden()).toEqual({ total: 0, now: [] });
    lived.pass(minute);
    expect(lived.hidden()).toMatchObject({
      total: 1,
      now: [{ site: 'aurora/matriz', kind: 'link-down', link: 'vivo', since: clockToInstant('10:12:00') }],
    });
  });

  it('counts what came back inside, and holds it no more', () => {
    const back = '10:31:00 agente srv-ad conta: link vivo no ar desde 10:30:50';
    expect(live(`${before}\n${down}\n${back}\n10:40:00 ...`).hidden()).toEqual({ total: 1, now: [] });
  });

  it('does not count a blip, which would have opened nothing', () => {
    const back = '10:12:09 agente srv-ad conta: link vivo no ar desde 10:12:08';
    expect(live(`${before}\n${down}\n${back}\n10:40:00 ...`).hidden()).toEqual({ total: 0, now: [] });
  });

  it('counts each failure, however often it is looked at', () => {
    const again = `10:31:00 agente srv-ad conta: link vivo no ar desde 10:30:50
10:40:06 agente srv-ad conta: link vivo fora do ar (provider) desde 10:40:00
10:50:00 ...`;
    const lived = live(`${before}\n${down}\n${again}`);
    expect(lived.hidden().total).toBe(2);
    expect(lived.hidden().now).toHaveLength(1);
  });

  it('lets go at its end: what opens then is held no more, and was hidden', () => {
    expect(live(`${before}\n${down}\n11:10:00 ...`).hidden()).toEqual({ total: 1, now: [] });
  });

  it('leaves other links alone', () => {
    const other = '10:12:06 agente srv-ad conta: link claro fora do ar (provider) desde 10:12:00';
    expect(live(`${before}\n${other}\n10:30:00 ...`).hidden()).toEqual({ total: 0, now: [] });
  });

  it('a restart forgets nothing and counts nothing twice', () => {
    const lived = live(`${before}\n${down}\n10:30:00 ...`);
    lived.restart();
    expect(lived.hidden()).toMatchObject({ total: 1, now: [{ link: 'vivo' }] });
    lived.pass(30 * second);
    lived.killed();
    expect(lived.hidden()).toMatchObject({ total: 1, now: [{ link: 'vivo' }] });
    expect(lived.store.hidden()).toHaveLength(1);
  });
});

describe('a plan that is gone', () => {
  it('is forgotten with what it hid', () => {
    const back = '10:31:00 agente srv-ad conta: link vivo no ar desde 10:30:50';
    const lived = live(`${silenced}\n${down}\n${back}\n10:40:00 ...`);
    expect(lived.hidden().total).toBe(1);
    lived.forget();
    expect(lived.hidden()).toEqual({ total: 0, now: [] });
  });
});

describe('an incident that was open before', () => {
  it('is not hidden by a silence over it', () => {
    const late = `${start}
${down}
10:20:00 ana silencia aurora/matriz link vivo até 11:00:00: operadora no poste
10:30:00 ...`;
    expect(live(late).hidden()).toEqual({ total: 0, now: [] });
  });
});
