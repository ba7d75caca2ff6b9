// One-minute rollups per link. Beside the journal, never through the core.
import type { AgentId, SiteId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';
import type { Rollup } from '../../shared/wire/messages.ts';

export interface SeriesPoint extends Omit<Rollup, 'seq'> {
  readonly agent: AgentId;
}

export interface Series {
  /** Saves in one transaction; the same (agent, epoch, seq) again changes nothing. Gives the highest seq committed. */
  save(batch: {
    readonly agent: AgentId;
    readonly site: SiteId;
    readonly epoch: number;
    readonly items: readonly Rollup[];
  }): number;
  receipt(agent: AgentId, epoch: number): number;
  read(query: {
    readonly site: SiteId;
    readonly link: string;
    readonly from: Instant;
    readonly to: Instant;
  }): readonly SeriesPoint[];
  /**
   * When each agent measured the link: first and last minute of each stretch, holes up to `bridgeMs` left out. Minutes
   * in which nothing was sent do not count. By agent, then time.
   */
  presence(query: {
    readonly site: SiteId;
    readonly link: string;
    readonly from: Instant;
    readonly to: Instant;
    readonly bridgeMs: number;
  }): readonly { readonly agent: AgentId; readonly first: Instant; readonly last: Instant }[];
  /**
   * Deletes points older than `before`, the oldest first, at most `rowsMax`; gives how many. What they receipted stays.
   * Fails with `storage.failed`.
   */
  prune(before: Instant, rowsMax: number): Result<number>;
  close(): void;
}
