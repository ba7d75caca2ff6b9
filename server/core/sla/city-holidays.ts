// Municipal holidays of larger towns that are no capitals, keyed by state and `cityKey`. Data only. A town that is not
// here keeps the national and state days; the configuration's extra days add its own. Few of these laws could be looked
// up: what is `unproven` stands in at least one calendar of the town and says so.
import type { HolidayRule } from './holiday-rule.ts';
import { byLaw, unproven } from './town-rules.ts';

const corpus = 'Corpus Christi';
const conception = 'Nossa Senhora da Conceição';
const anniversary = 'Aniversário da cidade';

const saoPaulo: Readonly<Record<string, readonly HolidayRule[]>> = {
  'SP/barueri': unproven({ 'easter+60': corpus, '06-24': 'São João Batista' }),
  'SP/bauru': unproven({ 'easter+60': corpus, '08-01': anniversary }),
  'SP/campinas': byLaw('Lei municipal 173/1949', { 'easter+60': corpus, '12-08': conception }),
  'SP/carapicuiba': unproven({ '03-26': anniversary, '06-29': 'São Pedro' }),
  'SP/cotia': unproven({ '04-02': anniversary, '09-08': 'Nossa Senhora do Monte Serrat' }),
  'SP/diadema': unproven({ 'easter+60': corpus, '12-08': `${anniversary}; Imaculada Conceição` }),
  'SP/franca': unproven({ '11-28': anniversary, '12-08': conception }),
  'SP/guarulhos': unproven({ '12-08': anniversary }),
  'SP/jundiai': unproven({ '08-15': 'Nossa Senhora do Desterro' }),
  'SP/limeira': unproven({ '09-15': anniversary }),
  'SP/maua': unproven({ 'easter+60': corpus, '12-08': anniversary }),
  'SP/mogi das cruzes': unproven({ 'easter+60': corpus, '07-26': "Sant'Ana", '09-01': anniversary }),
  'SP/osasco': unproven({
    '02-19': 'Emancipação de Osasco',
    'easter+60': corpus,
    '06-13': 'Santo Antônio',
  }),
  'SP/piracicaba': unproven({ '06-13': 'Santo Antônio', '12-08': conception }),
  'SP/ribeirao preto': [
    ...byLaw('Lei municipal 11.919/2009', { '01-20': 'São Sebastião', 'easter+60': corpus }),
    ...unproven({ '06-19': anniversary }),
  ],
  'SP/santo andre': unproven({ '04-08': anniversary, 'easter+60': corpus }),
  'SP/santos': unproven({ '01-26': anniversary, '09-08': 'Nossa Senhora do Monte Serrat' }),
  'SP/sao bernardo do campo': unproven({ 'easter+60': corpus, '08-20': anniversary }),
  'SP/sao caetano do sul': unproven({ '07-28': anniversary }),
  'SP/sao jose do rio preto': unproven({
    '03-19': 'São José',
    'easter+60': corpus,
    '12-08': 'Imaculada Conceição',
  }),
  'SP/sao jose dos campos': [
    ...byLaw('Lei municipal 8.821/2012', { '03-19': 'São José' }),
    ...byLaw('Lei municipal 1.324/1967', { '07-27': anniversary }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'SP/sao vicente': byLaw('Lei municipal 1.332/1967', { '01-22': anniversary, 'easter+60': corpus }),
  'SP/sorocaba': unproven({ 'easter+60': corpus, '08-15': anniversary }),
  'SP/taboao da serra': [
    ...byLaw('Lei municipal 51/2015', { '10-01': 'Amor Misericordioso' }),
    ...unproven({ '02-19': anniversary, 'easter+60': corpus }),
  ],
  'SP/taubate': [
    ...byLaw('Lei municipal 4.128/2007', { '10-04': 'São Francisco das Chagas' }),
    ...byLaw('Lei municipal 4.562/2011', { '12-05': anniversary }),
    ...unproven({ 'easter+60': corpus }),
  ],
};

const southEast: Readonly<Record<string, readonly HolidayRule[]>> = {
  'ES/cariacica': byLaw('Lei municipal 317/1967', { 'easter+60': corpus, '06-24': 'São João Batista' }),
  'ES/serra': byLaw('Lei municipal 228/1967', {
    '06-29': 'São Pedro',
    '12-08': conception,
    '12-26': 'Dia do Serrano',
  }),
  'ES/vila velha': [
    ...byLaw('Lei municipal 5.622/2015', { 'easter+60': corpus }),
    ...unproven({ '05-23': 'Colonização do Solo Espírito-Santense' }),
  ],
  'MG/betim': [
    ...byLaw('Lei municipal 4.731/2008', { '07-16': 'Nossa Senhora do Carmo' }),
    ...unproven({ 'easter+60': corpus }),
  ],
  'MG/contagem': byLaw('Lei municipal 3.484/2001', { 'easter+60': corpus }),
  'MG/juiz de fora': unproven({ 'easter+60': corpus, '06-13': 'Santo Antônio' }),
  'MG/montes claros': unproven({ '07-03': anniversary }),
  'MG/uberlandia': unproven({
    'easter+60': corpus,
    '08-15': 'Nossa Senhora da Abadia',
    '08-31': anniversary,
  }),
  'RJ/campos dos goytacazes': unproven({ '01-15': 'Santo Amaro', '08-06': 'Santíssimo Salvador' }),
  'RJ/duque de caxias': unproven({ '06-13': 'Santo Antônio', '08-25': 'Duque de Caxias' }),
  'RJ/niteroi': unproven({ '06-24': 'São João', '11-22': anniversary }),
  'RJ/nova iguacu': unproven({ '06-13': 'Santo Antônio' }),
  'RJ/petropolis': unproven({ '03-16': anniversary, '06-29': 'São Pedro de Alcântara' }),
  'RJ/sao goncalo': unproven({ '01-10': 'São Gonçalo', '09-22': anniversary }),
  'RJ/volta redonda': unproven({ '06-13': 'Santo Antônio', '07-17': anniversary }),
};

const south: Readonly<Record<string, readonly HolidayRule[]>> = {
  'PR/cascavel': unproven({ 'easter+60': corpus, '11-14': anniversary }),
  'PR/foz do iguacu': [
    ...byLaw('Decreto municipal 24.385/2016', { 'easter+60': corpus }),
    ...unproven({ '06-10': anniversary, '06-24': 'São João Batista' }),
  ],
  'PR/londrina': unproven({
    'easter+60': corpus,
    'easter+68': 'Sagrado Coração de Jesus',
    '12-10': anniversary,
  }),
  'PR/maringa': byLaw('Lei municipal 512/1967', {
    'easter+60': corpus,
    '08-15': 'Nossa Senhora da Glória',
  }),
  'PR/ponta grossa': unproven({ '07-26': "Sant'Ana", '09-15': anniversary }),
  'RS/canoas': unproven({ '02-02': 'Nossa Senhora dos Navegantes' }),
  'RS/caxias do sul': unproven({ '05-26': 'Nossa Senhora de Caravaggio' }),
  'RS/pelotas': unproven({ '02-02': 'Nossa Senhora dos Navegantes' }),
  'RS/santa maria': unproven({ '05-17': anniversary, '12-08': 'Imaculada Conceição' }),
  'SC/blumenau': unproven({ 'easter+60': corpus, '09-02': anniversary }),
  'SC/chapeco': unproven({ 'easter+60': corpus, '08-25': anniversary }),
  'SC/itajai': unproven({ 'easter+60': corpus, '06-15': anniversary }),
  'SC/joinville': unproven({ '03-09': anniversary, 'easter+60': corpus }),
};

const northEast: Readonly<Record<string, readonly HolidayRule[]>> = {
  'BA/feira de santana': [
    ...byLaw('Lei municipal 851/1978', { 'easter+60': corpus }),
    ...byLaw('Lei Complementar municipal 31/2006', { '09-18': anniversary }),
    ...unproven({ '06-24': 'São João', '07-26': "Senhora Sant'Ana" }),
  ],
  'BA/vitoria da conquista': unproven({
    '06-24': 'São João',
    '08-15': 'Nossa Senhora das Vitórias',
    '11-09': anniversary,
  }),
  'CE/caucaia': unproven({
    '03-19': 'São José',
    '08-15': 'Nossa Senhora dos Prazeres',
    '10-15': 'Dia do Município',
  }),
  'MA/imperatriz': unproven({ '07-16': anniversary, '10-15': "Santa Teresa d'Ávila" }),
  'PB/campina grande': [
    ...byLaw('Lei municipal 6.498/2016', { '10-11': anniversary }),
    ...unproven({ '06-24': 'São João', '12-08': conception }),
  ],
  'PE/caruaru': byLaw('Lei municipal 2.959/1985', {
    '05-18': anniversary,
    '06-29': 'São Pedro',
    '09-15': 'Nossa Senhora das Dores',
  }),
  'PE/jaboatao dos guararapes': unproven({ '01-15': 'Santo Amaro', '05-04': anniversary }),
  'PE/olinda': unproven({
    '03-12': anniversary,
    '08-06': 'São Salvador do Mundo',
    '11-10': 'Primeiro Grito de República',
  }),
  'RN/mossoro': unproven({ '09-30': 'Abolição em Mossoró', '12-13': 'Santa Luzia' }),
};

const northAndCentre: Readonly<Record<string, readonly HolidayRule[]>> = {
  'GO/anapolis': unproven({ '07-26': "Sant'Ana", '07-31': anniversary }),
  'MS/dourados': unproven({ '12-08': 'Imaculada Conceição', '12-20': anniversary }),
  'MT/varzea grande': unproven({ 'easter+60': corpus }),
  'PA/ananindeua': unproven({ '01-03': anniversary }),
  'PA/santarem': unproven({ '06-22': anniversary }),
};

export const cityHolidays: Readonly<Record<string, readonly HolidayRule[]>> = {
  ...saoPaulo,
  ...southEast,
  ...south,
  ...northEast,
  ...northAndCentre,
};
