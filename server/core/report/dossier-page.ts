// The dossier as a page to print: for the person who reads the claim. What is proven stands in the JSON; this page shows the
// same facts, the hashes, and how to check them.

import type { Dossier, DossierHeader } from '../../../shared/api/dossier.ts';
import { formatCnpj } from '../../../shared/cnpj.ts';
import { fromIso } from '../../../shared/time.ts';
import { sentenceOfDuration } from '../view/duration.ts';
import { dossierAnchors } from './dossier-anchors.ts';
import type { DossierWords } from './dossier-words.ts';
import { momentText } from './figures.ts';
import type { ReachedLink } from './links-reached.ts';
import { listed, type Markup, markup, table } from './markup.ts';
import { page } from './page.ts';

export interface PrintedDossier {
  readonly dossier: Dossier;
  /** Of the public key, as the verifier shows it. */
  readonly fingerprint: string;
  /** That the incident took down. */
  readonly links: readonly ReachedLink[];
}

export function dossierPage({ dossier, fingerprint, links }: PrintedDossier, words: DossierWords): string {
  const { header, entries, finalHash, signature } = dossier;
  const zone = header.site.timeZone;
  const { columns, tables } = words;
  return page({
    language: words.language,
    title: `${words.title} — ${header.incident.id} — ${header.customer.name}`,
    head: `${words.title} · ${header.customer.name} · ${header.incident.id}`,
    body: listed([
      facts(header, words),
      header.link === null ? perLink(header, links, words) : markup``,
      outages(header, words),
      sentences(tables.witnesses, header.incident.witnesses),
      sentences(tables.refused, header.incident.refused),
      table(
        tables.evidence,
        entries,
        [
          { title: columns.number, number: true, cell: ({ entry }) => entry.number },
          { title: columns.at, cell: ({ entry }) => momentText(entry.at, zone) },
          { title: columns.who, cell: ({ entry }) => entry.who },
          { title: columns.what, cell: ({ entry }) => entry.text },
          { title: columns.hash, cell: ({ hash }) => markup`<code>${hash}</code>` },
        ],
        words.nothing,
      ),
      header.evidence.complete ? markup`` : markup`<p class="warning">${words.incomplete}</p>`,
      sentences(tables.proof, words.proof),
      markup`<dl class="facts"><dt>${words.fingerprint}</dt><dd><code>${fingerprint}</code></dd>
<dt>${words.finalHash}</dt><dd><code>${finalHash}</code></dd>
<dt>${words.signature}</dt><dd><code>${signature}</code></dd></dl>`,
    ]),
  });
}

function facts(header: DossierHeader, words: DossierWords): Markup {
  const { customer, site, link, host, provider, incident } = header;
  const moment = (at: string | null): string => momentText(at, site.timeZone);
  const place = [site.name, site.city, site.state].filter((each) => each !== '').join(', ');
  const lines: readonly (readonly [string, string])[] = [
    [words.facts.customer, customer.name],
    [words.facts.cnpj, customer.cnpj === null ? '' : formatCnpj(customer.cnpj)],
    [words.facts.site, place],
    [words.facts.link, link?.name ?? ''],
    [words.facts.circuit, link?.circuit ?? ''],
    [words.facts.publicAddress, link?.publicAddress ?? ''],
    [words.facts.provider, provider?.name ?? ''],
    [words.facts.phone, provider?.phone ?? ''],
    [words.facts.host, host?.name ?? ''],
    [words.facts.what, incident.title],
    [words.facts.cause, incident.causeText],
    [words.facts.protocol, incident.protocol ?? ''],
    [words.facts.detectedAt, moment(incident.detectedAt)],
    [words.facts.confirmedAt, moment(incident.confirmedAt)],
    [words.facts.registeredAt, moment(incident.registeredAt)],
    [words.facts.recoveredAt, moment(incident.recoveredAt)],
    [words.facts.resolvedAt, moment(incident.resolvedAt)],
    [words.facts.down, sentenceOfDuration(header.downMs)],
    [words.facts.zone, site.timeZone],
    [words.facts.generated, moment(header.generatedAt)],
  ];
  const shown = lines.filter(([, value]) => value !== '');
  return markup`<h1>${words.title}</h1><dl class="facts">${listed(
    shown.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`),
  )}</dl>`;
}

/** A provider knows its own circuit only: a dossier without one link offers the dossier of each. */
function perLink({ incident }: DossierHeader, links: readonly ReachedLink[], words: DossierWords): Markup {
  if (links.length === 0) return markup``;
  return markup`<p class="note">${words.perLink}: ${dossierAnchors(incident.id, links, words.language)}</p>`;
}

function outages({ outages: stretches, site }: DossierHeader, words: DossierWords): Markup {
  const { columns } = words;
  const lengthOf = ({ from, to, share }: DossierHeader['outages'][number]): string => {
    const ms = ((fromIso(to) ?? 0) - (fromIso(from) ?? 0)) * share;
    return share < 1 ? `${sentenceOfDuration(ms)} (${words.shared})` : sentenceOfDuration(ms);
  };
  return table(
    words.tables.outages,
    stretches,
    [
      { title: columns.from, cell: ({ from }) => momentText(from, site.timeZone) },
      { title: columns.to, cell: ({ to }) => momentText(to, site.timeZone) },
      { title: columns.length, number: true, cell: lengthOf },
    ],
    words.nothing,
  );
}

function sentences(caption: string, lines: readonly string[]): Markup {
  if (lines.length === 0) return markup``;
  return markup`<section><h2>${caption}</h2><ul>${listed(lines.map((line) => markup`<li>${line}</li>`))}</ul></section>`;
}
