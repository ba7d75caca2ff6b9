// The HTTP server behind a morning that the real core has lived through: a transcript is played, its inputs and changes are the
// journal, its end is the state. For what reads the past: reports and dossiers.
import { createMemoryRegistry } from '../../../../../server/adapters/memory/registry.ts';
import { decide } from '../../../../../server/core/decide.ts';
import { isTicketEffect } from '../../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { JournalEntry } from '../../../../../server/ports/journal.ts';
import { openDossierKey } from '../../../../../server/shell/report/dossier-key.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { type Instant, minute, plus } from '../../../../../shared/time.ts';
import { clockToInstant } from '../../../../scenario/language.ts';
import { play } from '../../../../scenario/transcript.ts';
import { agentRecord, auroraMatriz, type HarnessOptions, startHarness, virtualClock } from './harness.ts';

/** Vivo is cut twice; the second time somebody takes it. Times are of Monday, 2026-11-23, in São Paulo. */
const morning = `
10:00:00 Vigia inicia
10:00:00 inventário importado
10:00:00 agente srv-ad é inscrito em aurora/matriz
10:01:00 agente srv-ad conecta por 198.51.100.10
10:01:01 agente srv-ad conta: link vivo no ar desde 10:01:00; link claro no ar desde 10:01:00
10:01:05 endereço público de aurora/matriz vivo responde desde 10:01:05
10:01:05 endereço público de aurora/matriz claro responde desde 10:01:05
10:10:07 agente srv-ad conecta por 203.0.113.10
10:10:07 agente srv-ad conta: link vivo fora do ar (provider) desde 10:10:02
10:10:09 endereço público de aurora/matriz vivo não responde desde 10:10:04
10:10:15 central registra #1 com protocolo VIG-2026-000001
10:30:00 agente srv-ad conta: link vivo fora do ar (provider) desde 10:10:02, voltando
10:30:05 endereço público de aurora/matriz vivo responde desde 10:30:05
10:30:07 agente srv-ad conta: link vivo no ar desde 10:30:00
10:50:00 ...
11:20:07 agente srv-ad conta: link vivo fora do ar (provider) desde 11:20:01
11:20:09 endereço público de aurora/matriz vivo não responde desde 11:20:04
11:20:15 central registra #2 com protocolo VIG-2026-000002
11:24:00 ana assume #2
11:41:00 agente srv-ad conta: link vivo fora do ar (provider) desde 11:20:01, voltando
11:41:05 endereço público de aurora/matriz vivo responde desde 11:41:05
11:41:07 agente srv-ad conta: link vivo no ar desde 11:41:00
11:59:00 ...`;

/** The site loses both links at 10:10; its machine ran on and tells it when it is back. */
export const bothLinksCut = `
10:00:00 Vigia inicia
10:00:00 inventário importado
10:00:00 agente srv-ad é inscrito em aurora/matriz
10:01:00 agente srv-ad conecta por 198.51.100.10
10:01:01 agente srv-ad conta: link vivo no ar desde 10:01:00; link claro no ar desde 10:01:00
10:01:05 endereço público de aurora/matriz vivo responde desde 10:01:05
10:01:05 endereço público de aurora/matriz claro responde desde 10:01:05
10:10:07 endereço público de aurora/matriz vivo não responde desde 10:10:03
10:10:07 endereço público de aurora/matriz claro não responde desde 10:10:03
10:10:10 agente srv-ad em dúvida, ouvido por último às 10:09:58
10:10:22 agente srv-ad em silêncio, ouvido por último às 10:09:58
10:10:30 central registra #1 com protocolo VIG-2026-000001
10:40:05 agente srv-ad conecta por 198.51.100.10 com 4 mudanças guardadas
10:40:05 agente srv-ad conta: link vivo fora do ar (provider) desde 10:10:01; link claro fora do ar (provider) desde 10:10:01, voltando; link vivo no ar desde 10:40:00; link claro no ar desde 10:40:01
10:40:07 endereço público de aurora/matriz vivo responde desde 10:40:07
10:40:07 endereço público de aurora/matriz claro responde desde 10:40:07
11:10:00 ...`;

const playedNow: Instant = clockToInstant('12:00:00');
export const firstOutage = 'VIG-2026-000001';

interface Lived {
  readonly entries: readonly JournalEntry[];
  readonly state: State;
}

function lived(transcript: string): Lived {
  const entries: JournalEntry[] = [];
  let state = initialState();
  play(transcript, {
    decide: (before, input) => {
      const decision = decide(before, input);
      entries.push({ input, changes: decision.changes, effects: decision.effects.filter(isTicketEffect) });
      return decision;
    },
    evolve: (before, input, changes) => {
      state = evolve(before, input, changes);
      return state;
    },
  });
  return { entries, state };
}

export async function startPlayed(
  options: Pick<HarnessOptions, 'directory' | 'settings'> & {
    readonly keyIn: string;
    /** Absent: Vivo is cut twice. */
    readonly transcript?: string;
  },
) {
  const { entries, state } = lived(options.transcript ?? morning);
  const registry = createMemoryRegistry();
  const agents = [{ ...agentRecord('srv-ad', clockToInstant('10:00:00')), id: agentId('srv-ad') }];
  const harness = await startHarness({
    ...options,
    clock: virtualClock(playedNow),
    recorded: { entries, state },
    parts: {
      registry: { ...registry, agents: () => agents },
      dossierKey: () => openDossierKey(options.keyIn),
    },
  });
  for (const link of ['vivo', 'claro']) measured(harness.series, link);
  return harness;
}

/** Each minute of the morning. */
function measured(series: Awaited<ReturnType<typeof startHarness>>['series'], link: string): void {
  const from = clockToInstant('10:01:00');
  const items = Array.from({ length: 119 }, (_each, index) => ({
    seq: index + 1 + (link === 'vivo' ? 0 : 200),
    at: plus(from, index * minute),
    link,
    sent: 12,
    lost: 0,
    rttAvgMs: 8,
  }));
  series.save({ agent: agentId('srv-ad'), site: auroraMatriz, epoch: 1, items });
}
