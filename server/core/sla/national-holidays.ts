// Brazil's national holidays, each with the law that makes it one, and the days of custom that no national law knows and
// the configuration's switches decide on. Data only. Years before 2024 are answered with the list of today, except
// where a law began later; nothing before 2024 is promised.
import type { HolidayRule } from './holiday-rule.ts';

const law662 = 'Lei 662/1949, na redação da Lei 10.607/2002';

export const nationalHolidays: readonly HolidayRule[] = [
  { on: '01-01', name: 'Confraternização Universal', law: law662 },
  {
    on: 'easter-2',
    name: 'Sexta-feira da Paixão',
    law: 'Lei 9.093/1995, art. 2º (feriado religioso, por lei municipal)',
    doubt:
      'Não é feriado por lei federal: cada município o declara, e os calendários oficiais o têm em todo o país.',
  },
  { on: '04-21', name: 'Tiradentes', law: law662 },
  { on: '05-01', name: 'Dia do Trabalho', law: law662 },
  { on: '09-07', name: 'Independência do Brasil', law: law662 },
  { on: '10-12', name: 'Nossa Senhora Aparecida', law: 'Lei 6.802/1980' },
  { on: '11-02', name: 'Finados', law: law662 },
  { on: '11-15', name: 'Proclamação da República', law: law662 },
  {
    on: '11-20',
    name: 'Dia Nacional de Zumbi e da Consciência Negra',
    law: 'Lei 14.759/2023',
    fromYear: 2024,
  },
  { on: '12-25', name: 'Natal', law: law662 },
];

/** Kept by custom. `switched` names the switch; a state's or a town's law for the same day stands in their lists. */
export const customaryDays: readonly HolidayRule[] = [
  {
    on: 'easter-48',
    name: 'Carnaval (segunda-feira)',
    law: 'costume; configuração',
    switched: 'carnival-monday',
  },
  {
    on: 'easter-47',
    name: 'Carnaval (terça-feira)',
    law: 'costume; configuração',
    switched: 'carnival-tuesday',
  },
  {
    on: 'easter-46',
    name: 'Quarta-feira de Cinzas',
    law: 'costume; configuração',
    switched: 'ash-wednesday',
  },
  { on: 'easter+60', name: 'Corpus Christi', law: 'costume; configuração', switched: 'corpus-christi' },
];
