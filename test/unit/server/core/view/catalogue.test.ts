// Both catalogues say the same things, and every word of the closed sets has a sentence.
import { describe, expect, test } from 'vitest';
import { refusalReasons, timelineKinds, witnessStatements } from '../../../../../server/core/incident.ts';
import { deskWords, factNames, parts } from '../../../../../server/core/view/catalogue.ts';
import { catalogueEn } from '../../../../../server/core/view/catalogue-en.ts';
import { cataloguePt } from '../../../../../server/core/view/catalogue-pt.ts';
import { causes, incidentKinds, layers, linkRoles, priorities } from '../../../../../shared/words.ts';

const wanted = [
  ...incidentKinds.flatMap((kind) => [`kind.${kind}`, `title.${kind}`]),
  ...causes.map((cause) => `cause.${cause}`),
  ...layers.map((layer) => `layer.${layer}`),
  ...priorities.map((priority) => `priority.${priority}`),
  ...linkRoles.map((role) => `role.${role}`),
  ...witnessStatements.map((says) => `witness.${says}`),
  ...refusalReasons.map((reason) => `refusal.${reason}`),
  ...timelineKinds.map((kind) => `timeline.${kind}`),
  ...factNames.map((fact) => `fact.${fact}`),
  ...parts.map((part) => `part.${part}`),
  ...deskWords.map((word) => `desk.${word}`),
];

const placeholders = (text: string) => (text.match(/\{[a-zA-Z]+\}/g) ?? []).sort();

describe('catalogue', () => {
  test.each([cataloguePt, catalogueEn])('$language has a sentence for every word', ({ messages }) => {
    expect(wanted.filter((key) => !Object.hasOwn(messages, key))).toEqual([]);
    expect(Object.entries(messages).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('both languages have the same keys with the same placeholders', () => {
    const shape = (messages: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, placeholders(text)]));
    expect(shape(catalogueEn.messages)).toEqual(shape(cataloguePt.messages));
  });

  test('the two languages differ wherever they are made of words', () => {
    const same = Object.entries(cataloguePt.messages).filter(
      ([key, text]) => Object.entries(catalogueEn.messages).find(([other]) => other === key)?.[1] === text,
    );
    const neutral = [
      'part.text',
      'part.where-customer',
      'part.verdict',
      'part.vigia',
      'fact.phi',
      'fact.gateway',
      'fact.dns',
      'symptom.link',
    ];
    expect(same.map(([key]) => key).filter((key) => !neutral.includes(key))).toEqual([]);
  });
});
