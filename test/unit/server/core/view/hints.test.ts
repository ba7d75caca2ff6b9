// Which hint stands first, and that the shipped ones leave no kind of incident without one.
import { describe, expect, it } from 'vitest';
import type { Hint, HintScope } from '../../../../../server/core/ticket-settings.ts';
import { hintsFor, hintsShownMax } from '../../../../../server/core/view/hints.ts';
import { causes, incidentKinds, layers } from '../../../../../shared/words.ts';
import { transcriptTickets } from '../../../../scenario/fleet.ts';
import { at, incident, topology } from './samples.ts';

const hint = (id: string, appliesTo: HintScope, more: Partial<Hint> = {}): Hint => ({
  id,
  title: id,
  appliesTo,
  priority: 0,
  own: false,
  steps: ['ligar'],
  ...more,
});
const down = incident({ kind: 'link-down', link: 'vivo', provider: 'vivo', layer: 'provider' });
const idsFor = (hints: readonly Hint[], about = down): string[] =>
  hintsFor(about, hints, topology).map(({ id }) => id);

describe('hints', () => {
  it('the more exactly a hint is meant the further up it stands', () => {
    const hints = [
      hint('qualquer', {}),
      hint('tipo', { kinds: ['link-down'] }),
      hint('operadora', { kinds: ['link-down'], providers: ['vivo'], roles: ['primary'] }),
    ];
    expect(idsFor(hints)).toEqual(['operadora', 'tipo', 'qualquer']);
  });

  it('refuses what is meant for another kind, provider, role, layer or state', () => {
    const others: HintScope[] = [
      { kinds: ['host-down'] },
      { providers: ['claro'] },
      { roles: ['backup'] },
      { layers: ['dns'] },
      { causes: ['power'] },
      { flapping: true },
      { degradations: ['loss'] },
      { partOfOutage: true },
      { overdue: true },
      { overdue: false },
    ];
    expect(idsFor(others.map((scope, index) => hint(`h${index}`, scope)))).toEqual([]);
  });

  it('between equals the priority decides, then whose it is, then the id', () => {
    const scope: HintScope = { kinds: ['link-down'] };
    const hints = [hint('a', scope), hint('b', scope, { own: true }), hint('c', scope, { priority: 1 })];
    expect(idsFor(hints)).toEqual(['c', 'b', 'a']);
  });

  it('shows no more than a person reads', () => {
    expect(idsFor(['a', 'b', 'c', 'd', 'e'].map((id) => hint(id, {})))).toHaveLength(hintsShownMax);
  });

  it('takes the degradation that is too bad, not every measure', () => {
    const facts = { by: 'loss', loss: '23 %', latency: '20 ms' };
    const witness = { source: 'link-verdict', who: 'srv-ad', says: 'link-degraded', facts } as const;
    const verdict = { ...down.verdict, witnesses: [witness] };
    const degraded = incident({ kind: 'link-degraded', link: 'vivo', verdict });
    const hints = [
      hint('perda', { degradations: ['loss'] }),
      hint('latência', { degradations: ['latency'] }),
    ];
    expect(idsFor(hints, degraded)).toEqual(['perda']);
  });

  it('one of many customers of an outage gets the hint for that and none for a lone failure', () => {
    const timeline = [{ at, kind: 'joined-outage' }] as const;
    const child = { ...down, timeline };
    expect(idsFor([...transcriptTickets.hints], child)).toEqual(['parte-de-falha-da-operadora']);
    const alone = { ...down, timeline: [...timeline, { at, kind: 'outage-over' } as const] };
    expect(idsFor([...transcriptTickets.hints], alone)).not.toContain('parte-de-falha-da-operadora');
  });

  it('a planned stop is awaited first, then overdue, and neither once it is back', () => {
    const stopped = incident({ kind: 'host-down', host: 'srv-ad', link: undefined, cause: 'planned' });
    const first = (about: typeof stopped) => idsFor([...transcriptTickets.hints], about)[0];
    expect(first({ ...stopped, returnBy: at })).toBe('parada-avisada');
    expect(first({ ...stopped, returnBy: at, overdue: true })).toBe('servidor-nao-voltou');
    expect(first({ ...stopped, overdue: true })).toBe('servidor-nao-voltou');
    expect(first(stopped)).toBe('servidor-fora-do-ar');
  });

  it.each(incidentKinds)('the shipped ones have one for %s, whatever its cause and layer', (kind) => {
    for (const cause of causes)
      for (const layer of [undefined, ...layers])
        for (const host of ['srv-ad', 'camera'])
          expect(
            idsFor([...transcriptTickets.hints], incident({ kind, cause, layer, host, link: undefined })),
          ).not.toEqual([]);
  });
});
