// What an agent found when it examined itself, as the wire carries it: finished sentences in both languages, because the
// server knows no agent's checks. Bounded in number and length; a stranger's words are one harmless line each.
import { z } from 'zod';
import { limits } from '../limits.ts';
import { plainLine } from '../plain-line.ts';
import { findingLevels } from '../words.ts';

/** One sentence for a person, and what to do about it. What a terminal or a screen would obey is taken out. */
const oneLine = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .transform((text) => plainLine(text));
const foundSaidSchema = z.strictObject({
  /** What was checked, e.g. `disk space`. */
  name: oneLine(limits.findingNameCharsMax),
  text: oneLine(limits.findingTextCharsMax),
  advice: oneLine(limits.findingTextCharsMax).optional(),
});

const foundSchema = z.strictObject({
  /** A check of the agent's; a newer one may have others. */
  check: oneLine(limits.findingNameCharsMax),
  level: z.enum(findingLevels),
  /** Which link or server it speaks of, where there are several. */
  of: oneLine(limits.findingOfCharsMax).optional(),
  /** As the program tells it, in English. */
  detail: oneLine(limits.findingTextCharsMax).optional(),
  pt: foundSaidSchema,
  en: foundSaidSchema,
});
export type Found = z.output<typeof foundSchema>;

const count = z.int().min(0).max(limits.findingChecksMax);

export const examinationFields = {
  /** Checks that found all in order. */
  good: count,
  /** Findings for which `items` has no room. */
  more: count,
  /** What is not in order, errors first. */
  items: z.array(foundSchema).max(limits.findingsMax),
};
