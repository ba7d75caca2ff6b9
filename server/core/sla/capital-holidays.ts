// Municipal holidays of the state capitals, keyed by state and `cityKey`. Good Friday stands in the national list and
// Finados is national, so neither is repeated. Data only. Laws as calendars of 2024-2026 quote them.
// Where calendars contradict each other (Corpus Christi in Manaus, Porto Velho, Recife) the day is left out: a clock that
// runs on a doubtful day warns too early, never too late.
import type { HolidayRule } from './holiday-rule.ts';
import { byLaw, unproven } from './town-rules.ts';

const corpus = 'Corpus Christi';
const conception = 'Nossa Senhora da Conceição';

export const capitalHolidays: Readonly<Record<string, readonly HolidayRule[]>> = {
  'AC/rio branco': byLaw('Lei municipal 1.609/2006', { '12-28': 'Aniversário de Rio Branco' }),
  'AL/maceio': [
    ...byLaw('Lei municipal 1.391/1967', { '08-27': 'Nossa Senhora dos Prazeres', '12-08': conception }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'AM/manaus': unproven({ '10-24': 'Aniversário de Manaus', '12-08': conception }),
  'AP/macapa': unproven({ '02-04': 'Aniversário de Macapá', 'easter+60': corpus }),
  'BA/salvador': byLaw('Lei municipal 1.997/1967', {
    'easter+60': corpus,
    '06-24': 'São João',
    '12-08': 'Nossa Senhora da Conceição da Praia',
  }),
  'CE/fortaleza': byLaw('Lei municipal 8.796/2003', {
    '03-19': 'São José',
    'easter+60': corpus,
    '08-15': 'Nossa Senhora da Assunção',
  }),
  'ES/vitoria': byLaw('Lei municipal 1.732/1967', {
    'easter+60': corpus,
    '09-08': 'Nossa Senhora da Vitória',
  }),
  'GO/goiania': [
    ...byLaw('Lei municipal 701/1956', { '05-24': 'Nossa Senhora Auxiliadora' }),
    ...byLaw('Lei municipal 6.968/1991', { '10-24': 'Aniversário de Goiânia' }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'MA/sao luis': byLaw('Lei municipal 3.432/1996', {
    '06-29': 'São Pedro',
    '09-08': 'Natividade de Nossa Senhora',
    '12-08': conception,
  }),
  'MG/belo horizonte': byLaw('Lei municipal 1.327/1967', {
    'easter+60': corpus,
    '08-15': 'Assunção de Nossa Senhora',
    '12-08': 'Imaculada Conceição',
  }),
  'MS/campo grande': [
    ...byLaw('Lei municipal 95/1949', { 'easter+60': corpus, '08-26': 'Aniversário de Campo Grande' }),
    ...byLaw('Lei municipal 3.901/2001', { '06-13': 'Santo Antônio' }),
  ],
  'MT/cuiaba': [
    ...byLaw('Lei municipal 1.077/1968', { '04-08': 'Aniversário de Cuiabá', 'easter+60': corpus }),
    ...byLaw('Lei municipal 5.576/2012', { '12-08': 'Imaculada Conceição' }),
  ],
  'PA/belem': [
    ...byLaw('Lei municipal 6.306/1967', { '12-08': conception }),
    ...unproven({ '01-12': 'Aniversário de Belém', 'easter+60': corpus }),
  ],
  'PB/joao pessoa': byLaw('Lei municipal 8.805/1999', { '06-24': 'São João', '12-08': conception }),
  'PE/recife': [
    ...byLaw('Lei municipal 9.777/1967', { '07-16': 'Nossa Senhora do Carmo', '12-08': conception }),
    ...byLaw('lei municipal de 1996', { '06-24': 'São João' }),
  ],
  'PI/teresina': byLaw('Lei municipal 2.847/1999', {
    'easter+60': corpus,
    '08-16': 'Aniversário de Teresina',
    '12-08': conception,
  }),
  'PR/curitiba': [
    ...byLaw('Lei municipal 3.015/1967', { '09-08': 'Nossa Senhora da Luz dos Pinhais' }),
    ...unproven({ 'easter+60': corpus }),
  ],
  // The anniversary (1 March) is no holiday; São Jorge is the state's.
  'RJ/rio de janeiro': byLaw('Lei municipal 5.146/2010', { '01-20': 'São Sebastião' }),
  'RN/natal': [
    ...byLaw('Decreto municipal 10.599/2015', {
      '01-06': 'Santos Reis',
      '11-21': 'Nossa Senhora da Apresentação',
    }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'RO/porto velho': byLaw('Lei municipal 190/1980', {
    '01-24': 'Instalação do Município; São Francisco de Sales',
    '05-24': 'Nossa Senhora Auxiliadora',
    '10-02': 'Criação do Município',
  }),
  'RR/boa vista': unproven({
    '01-20': 'São Sebastião',
    'easter+60': corpus,
    '06-29': 'São Pedro',
    '07-09': 'Aniversário de Boa Vista',
    '12-08': conception,
  }),
  'RS/porto alegre': byLaw('Lei municipal 4.453/1978', {
    '02-02': 'Nossa Senhora dos Navegantes',
    'easter+60': corpus,
  }),
  'SC/florianopolis': byLaw('Lei municipal 3.247/1989', {
    '03-23': 'Aniversário de Florianópolis',
    'easter+60': corpus,
  }),
  'SE/aracaju': [
    ...byLaw('Lei municipal 3.805/2009', {
      '03-17': 'Aniversário de Aracaju',
      '06-24': 'São João',
      '12-08': conception,
    }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'SP/sao paulo': byLaw('Lei municipal 14.485/2007', {
    '01-25': 'Aniversário de São Paulo',
    'easter+60': corpus,
  }),
  'TO/palmas': [
    ...byLaw('Lei municipal 577/1996', { '03-19': 'São José' }),
    ...byLaw('Lei municipal 108/1991', { '05-20': 'Aniversário de Palmas' }),
  ],
};
