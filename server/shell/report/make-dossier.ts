// A dossier from start to seal: the key, the evidence, the head, the hashes, and its own check before anybody gets it.
// Stands behind GET /reports/dossier. Must never give out what its own verifier would refuse.
import type { Dossier } from '../../../shared/api/dossier.ts';
import { assert } from '../../../shared/assert.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { type AgentId, splitSiteId } from '../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Incident } from '../../core/incident.ts';
import { dossierHeader, evidenceSpan } from '../../core/report/dossier.ts';
import type { DossierWords } from '../../core/report/dossier-words.ts';
import { refusalOfLink } from '../../core/report/links-reached.ts';
import type { Topology } from '../../core/topology.ts';
import type { Speech } from '../../core/view/sentences.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Registry } from '../../ports/registry.ts';
import { findEvidence } from './dossier-evidence.ts';
import type { DossierKey } from './dossier-key.ts';
import { checkDossier, dossierText, sealedDossier } from './dossier-seal.ts';

export interface DossierParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly correlator: Pick<Correlator, 'state'>;
  readonly journal: Pick<Journal, 'evidence'>;
  readonly registry: Pick<Registry, 'agents' | 'inventory'>;
  readonly settings: { readonly release: string };
  /** Absent: this server signs nothing. */
  readonly dossierKey?: () => Result<DossierKey>;
}

export interface AskedDossier {
  readonly incident: Incident;
  /** Undefined: of the whole incident. */
  readonly link: string | undefined;
  readonly words: DossierWords;
  readonly speech: Speech;
}

/**
 * Fails with `input.invalid` (the incident is no customer's, or did not take that link down), `not-found` (its site has no
 * such link), `unavailable` (no key) or `storage.failed`.
 */
export async function makeDossier(
  parts: DossierParts,
  { incident, link, words, speech }: AskedDossier,
): Promise<Result<Dossier>> {
  const { clock, correlator, journal, registry, settings } = parts;
  const { site } = incident;
  if (site === undefined) {
    const message = `"${incident.id}" concerns no single customer; wanted: the incident of a link, site or server`;
    return fail(failure('input.invalid', message, { issues: [{ path: 'query.incident', message }] }));
  }
  const { seq: lastSeq, topology } = correlator.state();
  const refusal = linkRefusal(incident, link, topology);
  if (refusal !== undefined) return fail(refusal);
  const key = parts.dossierKey?.();
  if (key === undefined) return fail(failure('unavailable', 'this server has no key to sign dossiers with'));
  if (!key.ok) return key;
  const now = clock.now();
  const span = evidenceSpan(incident, now);
  const agents: ReadonlyMap<AgentId, string> = new Map(
    registry.agents().flatMap((agent) => (agent.site === site ? [[agent.id, agent.host]] : [])),
  );
  const place = topology.sites.get(site);
  const found = await findEvidence({ incident, link, place, agents, words, journal, span, lastSeq });
  const { customer } = splitSiteId(site);
  const header = dossierHeader(
    {
      incident,
      site,
      link,
      cnpj: registry.inventory()?.customers.find((each) => each.key === customer)?.cnpj,
      publicKey: key.value.publicKey,
      release: settings.release,
      now,
      evidence: { span, complete: found.complete },
    },
    speech,
  );
  const dossier = sealedDossier(header, found.entries, key.value);
  const check = checkDossier(Buffer.from(dossierText(dossier), 'utf8'));
  assert(check.kind === 'sound', 'a dossier passes its own verifier');
  return ok(dossier);
}

function linkRefusal(incident: Incident, link: string | undefined, topology: Topology): Failure | undefined {
  const refused = link === undefined ? undefined : refusalOfLink(incident, link, topology);
  if (refused === undefined) return undefined;
  const { kind, message } = refused;
  const code = kind === 'no-such-link' ? 'not-found' : 'input.invalid';
  return failure(code, message, { issues: [{ path: 'query.link', message }] });
}
