// The languages that sentences can be asked for. Portuguese is what everything shows unless a reader asks otherwise.
import type { Topology } from '../topology.ts';
import { catalogueEn } from './catalogue-en.ts';
import { cataloguePt } from './catalogue-pt.ts';
import type { Speech } from './sentences.ts';

export const languages = ['pt-BR', 'en'] as const;
export type Language = (typeof languages)[number];

export function speechIn(language: Language, topology: Topology): Speech {
  return { topology, catalogue: language === 'en' ? catalogueEn : cataloguePt };
}
