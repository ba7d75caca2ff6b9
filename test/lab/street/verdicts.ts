// What an agent said of its links, read from its own log: each state change with its instant. The lab compares this
// with what was broken; it never looks inside the agent.
import { z } from 'zod';
import { degradations, layers, linkStatuses } from '../../../shared/words.ts';

const lineSchema = z.object({
  time: z.number(),
  msg: z.literal('a state change'),
  change: z.object({
    kind: z.literal('link.changed'),
    link: z.string(),
    status: z.enum(linkStatuses),
    layer: z.enum(layers).optional(),
    recovering: z.boolean(),
    quality: z.object({ by: z.array(z.enum(degradations)) }).optional(),
  }),
});

export interface Verdict {
  /** `Date.now` of this computer. */
  readonly at: number;
  readonly link: string;
  /** `up`, `down:provider`, `down:provider recovering`, `degraded:loss`, `degraded:dns`. */
  readonly said: string;
}

/** In the order in which they were said. Lines of any other kind are passed over. */
export function verdictsOf(log: string): readonly Verdict[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"link.changed"')) return [];
    const { time, change } = lineSchema.parse(JSON.parse(line));
    const by = change.quality === undefined ? [] : change.quality.by;
    const why = [...(change.layer === undefined ? [] : [change.layer]), ...by];
    const where = why.length === 0 ? '' : `:${why.join('+')}`;
    const said = `${change.status}${where}${change.recovering ? ' recovering' : ''}`;
    return [{ at: time, link: change.link, said }];
  });
}

/** What stood at `at`; `unknown` before the first word. */
export function standingAt(verdicts: readonly Verdict[], link: string, at: number): string {
  return verdicts.findLast((each) => each.link === link && each.at <= at)?.said ?? 'unknown';
}
