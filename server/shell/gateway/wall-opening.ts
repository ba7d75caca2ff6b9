// A whole wall made a little at a time: thousands of sites in one stretch would hold up the agents' beats. Rows are made
// beforehand in steps; what changes meanwhile is made again at the end, in one stretch, so the wall is one of one instant.
// Started by `console-session.ts`, which takes a turn of the loop between two steps.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import type { State } from '../../core/state.ts';
import { incidentRow } from '../../core/view/incident-row.ts';
import { gatherSites, type SiteEvidence } from '../../core/view/site-row.ts';
import type { Reading } from '../../core/view/sla-view.ts';
import { type DeskFacts, keptSiteRow, serverRow, standingIncidents } from '../../core/view/wall.ts';
import { hasSiteText, type Piece, siteText, snapshotPieces } from './wall-text.ts';

/** All as one scope sees it, now: asked again at the end. */
export interface WallSource {
  state(): State;
  reading(): Reading;
  desk(): DeskFacts;
  /** The newest; called once, at the end: what is told of a ticket later comes with a delta. */
  tickets(): readonly WallTicket[];
}

export interface OpenedWall {
  readonly seq: number;
  readonly at: Instant;
  readonly desk: DeskFacts;
  readonly incidents: readonly IncidentRow[];
  readonly pieces: readonly Piece[];
}

/** What one step may cost, counted in rows made anew; a row that is kept is only looked at. */
const keptCost = 0.1;
const incidentCost = 2;

export class WallOpening {
  readonly #source: WallSource;
  readonly #evidence: readonly SiteEvidence[];
  readonly #incidents: readonly Incident[];
  readonly #made = new Map<Incident, IncidentRow>();
  #sitesDone = 0;
  #incidentsDone = 0;
  #steps = 0;
  #ready = false;

  constructor(source: WallSource) {
    this.#source = source;
    const state = source.state();
    this.#evidence = gatherSites(state);
    this.#incidents = standingIncidents(state);
  }

  /** Makes some more rows. True: `finish` may be called. A small wall is made in one step; a large one rests before its end. */
  step(): boolean {
    this.#steps += 1;
    if (this.#ready) return true;
    let budget: number = limits.wallStepRows;
    const { providers } = this.#source.state().topology;
    for (; budget > 0 && this.#sitesDone < this.#evidence.length; this.#sitesDone += 1) {
      const evidence = this.#evidence[this.#sitesDone];
      if (evidence === undefined) break;
      const row = keptSiteRow(evidence, providers);
      budget -= hasSiteText(row) ? keptCost : 1;
      siteText(row);
    }
    const reading = this.#source.reading();
    for (; budget > 0 && this.#incidentsDone < this.#incidents.length; this.#incidentsDone += 1) {
      const incident = this.#incidents[this.#incidentsDone];
      if (incident === undefined) break;
      this.#made.set(incident, incidentRow(incident, reading));
      budget -= incidentCost;
    }
    this.#ready = budget > 0;
    return this.#ready && this.#steps === 1;
  }

  finish(): OpenedWall {
    const state = this.#source.state();
    const reading = this.#source.reading();
    const desk = this.#source.desk();
    const { providers } = state.topology;
    const incidents = standingIncidents(state).map(
      (incident) => this.#made.get(incident) ?? incidentRow(incident, reading),
    );
    const pieces = snapshotPieces({
      at: toIso(reading.now),
      server: serverRow(state, desk),
      tickets: [...this.#source.tickets()],
      incidents,
      sites: gatherSites(state).map((evidence) => keptSiteRow(evidence, providers)),
    });
    return { seq: state.seq, at: reading.now, desk, incidents, pieces };
  }
}
