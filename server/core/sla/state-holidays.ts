// The holidays of the 27 federative units by their own laws. Data only. The days were compared with calendars and reports
// of 2024 to 2026 and with the Supreme Court's rulings; `doubt` says where the law itself, or its number, could not be
// looked up. Days that a state once made a holiday and the whole country keeps today (20 November) are national alone.
import type { BrazilianState } from '../../../shared/states.ts';
import type { HolidayRule } from './holiday-rule.ts';

const numberUnproven = 'O dia consta dos calendários; o número da lei não foi conferido na fonte.';
const acreMoves = 'O governo às vezes muda o dia por decreto (em 2022 foi antecipado para segunda-feira).';

export const stateHolidays: Readonly<Record<BrazilianState, readonly HolidayRule[]>> = {
  AC: [
    {
      on: '01-20',
      name: 'Dia do Católico',
      law: 'Lei estadual 3.137/2016',
      moved: 'acre',
      // In 2026 the Friday was the Evangelicals' day already.
      byYear: { 2026: '01-22' },
      doubt: acreMoves,
    },
    {
      on: '01-23',
      name: 'Dia do Evangélico',
      law: 'Lei estadual 1.538/2004',
      moved: 'acre',
      doubt: acreMoves,
    },
    {
      on: '03-08',
      name: 'Dia Internacional da Mulher',
      law: 'Lei estadual 1.411/2001',
      moved: 'acre',
      doubt: acreMoves,
    },
    { on: '06-15', name: 'Aniversário do Estado do Acre', law: 'Lei estadual 14/1964' },
    {
      on: '09-05',
      name: 'Dia da Amazônia',
      law: 'Lei estadual 243/1968; Lei estadual 1.526/2004',
      moved: 'acre',
      doubt: acreMoves,
    },
    {
      on: '11-17',
      name: 'Tratado de Petrópolis',
      law: 'Lei estadual 57/1965',
      moved: 'acre',
      doubt: acreMoves,
    },
  ],
  AL: [
    { on: '06-24', name: 'São João', law: 'Lei estadual 5.508/1993', doubt: numberUnproven },
    { on: '06-29', name: 'São Pedro', law: 'Lei estadual 5.509/1993', doubt: numberUnproven },
    {
      on: '09-16',
      name: 'Emancipação Política de Alagoas',
      law: 'data magna (Lei 9.093/1995, art. 1º, II)',
      doubt: 'Número da lei estadual não conferido; consta do Decreto estadual 106.093/2025.',
    },
    { on: '11-30', name: 'Dia Estadual do Evangélico', law: 'Lei estadual 7.530/2013', moved: 'alagoas' },
  ],
  AM: [
    {
      on: '09-05',
      name: 'Elevação do Amazonas à categoria de província',
      law: 'Lei estadual 25/1977',
      doubt:
        'Número da lei não conferido. O governo muda o dia por decreto em alguns anos (2023: 8 de setembro).',
    },
  ],
  AP: [
    { on: '03-19', name: 'São José', law: 'Lei estadual 667/2002', doubt: numberUnproven },
    {
      on: '05-15',
      name: 'Dia de Cabralzinho',
      law: 'lei estadual de 2017',
      doubt: 'Número da lei não conferido.',
    },
    {
      on: '09-13',
      name: 'Criação do Território Federal do Amapá',
      law: 'Constituição do Estado do Amapá',
      doubt: 'Artigo não conferido.',
    },
    {
      on: '11-30',
      name: 'Dia do Evangélico',
      law: 'lei estadual',
      doubt: 'Número da lei não conferido. São Tiago (25 de julho) não entra: ADI 4820, STF, 2018.',
    },
  ],
  BA: [
    {
      on: '07-02',
      name: 'Independência da Bahia',
      law: 'Constituição do Estado da Bahia, art. 6º, § 3º',
      doubt: numberUnproven,
    },
  ],
  CE: [
    {
      on: '03-25',
      name: 'Data Magna do Ceará',
      law: 'Emenda Constitucional estadual 73/2011',
      doubt:
        'Número da emenda não conferido. São José (19 de março) não é feriado estadual: é municipal em Fortaleza e outras cidades.',
    },
  ],
  DF: [
    { on: '04-21', name: 'Aniversário de Brasília', law: 'Lei distrital 72/1989, art. 1º' },
    {
      on: 'easter+60',
      name: 'Corpus Christi',
      law: 'Lei distrital 72/1989, art. 1º, parágrafo único',
      switched: 'corpus-christi',
      doubt: 'Feriado local no Decreto 48.117/2025; até 2025 o governo o chamava de ponto facultativo.',
    },
    { on: '11-30', name: 'Dia do Evangélico', law: 'Lei distrital 963/1995', doubt: numberUnproven },
  ],
  ES: [
    {
      on: 'easter+8',
      name: 'Nossa Senhora da Penha',
      law: 'Lei estadual 11.010/2019',
      doubt: numberUnproven,
    },
  ],
  GO: [
    {
      on: '07-26',
      name: 'Fundação da Cidade de Goiás',
      law: 'lei estadual',
      doubt: 'Tido como feriado estadual nos calendários; lei não conferida e decretos o mudam de dia.',
    },
  ],
  MA: [
    {
      on: '07-28',
      name: 'Adesão do Maranhão à Independência',
      law: 'Lei estadual 2.457/1964',
      doubt: numberUnproven,
    },
  ],
  MG: [
    {
      on: '04-21',
      name: 'Data Magna de Minas Gerais',
      law: 'Constituição do Estado de Minas Gerais, art. 256',
    },
  ],
  MS: [{ on: '10-11', name: 'Criação do Estado', law: 'Lei estadual 10/1979', doubt: numberUnproven }],
  // 20 November (Lei estadual 7.879/2002) is national since 2024.
  MT: [],
  PA: [
    {
      on: '08-15',
      name: 'Adesão do Grão-Pará à Independência',
      law: 'Lei estadual 5.999/1996',
      doubt: numberUnproven,
    },
  ],
  PB: [
    {
      on: '08-05',
      name: 'Fundação da Paraíba',
      law: 'Lei estadual 10.601/2015',
      doubt: '26 de julho deixou de ser feriado com a mesma lei.',
    },
  ],
  PE: [
    {
      on: '03-06',
      name: 'Data Magna de Pernambuco',
      law: 'Lei estadual 16.241/2017',
      doubt: 'São João (24 de junho) não é feriado estadual: é municipal em Recife e outras cidades.',
    },
  ],
  PI: [{ on: '10-19', name: 'Dia do Piauí', law: 'Lei estadual 176/1937', doubt: numberUnproven }],
  // 19 December is no holiday since Lei estadual 18.384/2014.
  PR: [],
  RJ: [
    {
      on: 'easter-47',
      name: 'Carnaval (terça-feira)',
      law: 'Lei estadual 5.243/2008',
      doubt: numberUnproven,
      switched: 'carnival-tuesday',
    },
    { on: '04-23', name: 'São Jorge', law: 'Lei estadual 5.198/2008 (constitucional: ADI 4092, STF, 2023)' },
    {
      on: 'easter+60',
      name: 'Corpus Christi',
      law: 'Lei estadual 11.002/2025',
      fromYear: 2026,
      switched: 'corpus-christi',
    },
  ],
  // 7 August (Lei estadual 7.831/2000) is a commemoration, no holiday.
  RN: [
    {
      on: '10-03',
      name: 'Mártires de Cunhaú e Uruaçu',
      law: 'Lei estadual 8.913/2006',
      doubt: numberUnproven,
    },
  ],
  // 18 June (Lei estadual 1.026/2001) was struck down: ADI 3940, STF, 2020.
  RO: [
    {
      on: '01-04',
      name: 'Instalação do Estado de Rondônia',
      law: 'Lei estadual 2.291/2010',
      doubt: numberUnproven,
    },
  ],
  RR: [
    {
      on: '10-05',
      name: 'Criação do Estado de Roraima',
      law: 'Constituição do Estado de Roraima',
      doubt: 'Artigo não conferido.',
    },
  ],
  RS: [
    {
      on: '09-20',
      name: 'Revolução Farroupilha',
      law: 'Constituição do Estado do Rio Grande do Sul; Decreto estadual 36.180/1995',
      doubt: numberUnproven,
    },
  ],
  SC: [
    {
      on: '08-11',
      name: 'Dia do Estado de Santa Catarina',
      law: 'Lei estadual 12.906/2004, consolidada na Lei 18.531/2022',
      doubt: numberUnproven,
      moved: 'sunday',
    },
    {
      on: '11-25',
      name: 'Santa Catarina de Alexandria',
      law: 'Lei estadual 10.306/1996, alterada pela Lei 11.213/1999',
      moved: 'sunday',
      doubt: 'O PL 23/2026 quer o feriado no próprio dia 25; conferir se virou lei.',
    },
  ],
  SE: [
    {
      on: '07-08',
      name: 'Emancipação Política de Sergipe',
      law: 'Constituição do Estado de Sergipe, art. 269',
      doubt: numberUnproven,
    },
  ],
  SP: [
    {
      on: '07-09',
      name: 'Revolução Constitucionalista de 1932',
      law: 'Lei estadual 9.497/1997',
      doubt: numberUnproven,
    },
  ],
  TO: [
    { on: '08-15', name: 'Senhor do Bonfim', law: 'Lei estadual 4.509/2024', fromYear: 2025 },
    { on: '09-08', name: 'Nossa Senhora da Natividade', law: 'Lei estadual 627/1993', doubt: numberUnproven },
    {
      on: '10-05',
      name: 'Criação do Estado do Tocantins',
      law: 'Lei estadual 98/1989',
      doubt: 'Número da lei não conferido. 18 de março (Autonomia) não é feriado no calendário oficial.',
    },
  ],
};
