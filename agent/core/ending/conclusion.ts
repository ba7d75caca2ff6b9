// What one kind of log says about the end, before it is dated and joined with the others. Pure shapes and small makers.
import type { RunExplained } from '../../../shared/wire/messages.ts';
import type { EndingSource, RunEnding } from '../../../shared/words.ts';

export interface EvidenceLine {
  readonly source: EndingSource;
  /** Portuguese; never an account, never arguments. */
  readonly text: string;
}

/** The end on the scale of the run that ended. */
export interface DatedEnd {
  readonly monoMs: number;
  readonly errorMs: number;
}

export interface Conclusion extends Pick<RunExplained, 'ending' | 'restart' | 'reason' | 'account' | 'code'> {
  readonly lines: readonly EvidenceLine[];
  /** Only where a record names the moment. */
  readonly ended?: DatedEnd;
}

export function unknownFor(source: EndingSource, text: string): Conclusion {
  return { ending: 'unknown', lines: [{ source, text }] };
}

export function concluded(ending: RunEnding, lines: readonly EvidenceLine[]): Conclusion {
  return { ending, lines };
}
