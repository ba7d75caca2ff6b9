// Planned times as two clocks tell them: nothing twice where they agree, days named where they differ.
import { describe, expect, it } from 'vitest';
import { momentsIn, twoClocks } from '../../../../../server/console/pages/planned/moments.ts';

const inZones = (there: string, here: string) =>
  twoClocks(momentsIn('pt-BR', there), momentsIn('pt-BR', here));
const manaus = inZones('America/Manaus', 'America/Sao_Paulo');
const words = { since: (time: string) => `desde ${time}`, until: (time: string) => `até ${time}` };

describe('two clocks', () => {
  it('say one thing once', () => {
    const same = inZones('America/Sao_Paulo', 'America/Bahia');
    expect(same.full('2026-11-23T03:00:00Z')).toEqual({ there: '23/11/2026 00:00' });
    expect(same.span('2026-11-23T03:00:00Z', '2026-11-23T04:00:00Z').here).toBeUndefined();
    expect(
      same.onDay(
        { startsAt: '2026-11-23T03:00:00Z', endsAt: '2026-11-23T04:00:00Z' },
        { begins: true, ends: true },
        words,
      ),
    ).toEqual({ there: '00:00–01:00' });
  });

  it('tell the own time beside the site’s, with the day only where it is another', () => {
    expect(manaus.full('2026-11-23T01:00:00Z')).toEqual({ there: '22/11/2026 21:00', here: '22:00' });
    expect(manaus.full('2026-11-23T03:30:00Z')).toEqual({
      there: '22/11/2026 23:30',
      here: '23/11/2026 00:30',
    });
    expect(manaus.time('2026-11-23T01:00:00Z')).toEqual({ there: '21:00', here: '22:00' });
  });

  it('tell a span that ends on another day here than there with its days', () => {
    expect(manaus.span('2026-11-23T02:59:00Z', '2026-11-23T04:00:00Z')).toEqual({
      there: 'dom., 22/11/2026 22:59 – 23/11/2026 00:00',
      here: '23:59 – 01:00',
    });
    expect(manaus.span('2026-11-23T01:00:00Z', '2026-11-23T03:30:00Z').here).toBe(
      'dom., 22/11/2026 22:00 – 23/11/2026 00:30',
    );
  });

  it('tell the part on one day of the calendar, and nothing of a whole day', () => {
    const long = { startsAt: '2026-11-23T03:30:00Z', endsAt: '2026-11-25T12:00:00Z' };
    const part = (begins: boolean, ends: boolean) => manaus.onDay(long, { begins, ends }, words);
    expect(part(true, false)).toEqual({ there: 'desde 23:30', here: 'desde 23/11 00:30' });
    expect(part(false, true)).toEqual({ there: 'até 08:00', here: 'até 09:00' });
    expect(part(false, false)).toBeUndefined();
  });
});
