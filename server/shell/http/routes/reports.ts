// GET /reports/availability and GET /reports/dossier: as JSON, as a page to print, the first also as a table. Made anew at
// each call from what is stored; a few at once only, because each reads much. Reads only.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { dossierSchema } from '../../../../shared/api/dossier.ts';
import { availabilityReportSchema } from '../../../../shared/api/reports.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { splitSiteId } from '../../../../shared/ids.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { availabilityReport } from '../../../core/report/availability.ts';
import { availabilityPage } from '../../../core/report/availability-page.ts';
import { reportCsv, reportTables } from '../../../core/report/csv.ts';
import { dossierPage } from '../../../core/report/dossier-page.ts';
import { dossierWords } from '../../../core/report/dossier-words.ts';
import { reportWords } from '../../../core/report/figures.ts';
import { linksReached } from '../../../core/report/links-reached.ts';
import { monthPattern, monthSpan } from '../../../core/report/month.ts';
import { defaultTimeZone } from '../../../core/report/things.ts';
import { languages } from '../../../core/view/languages.ts';
import { dossierText, fingerprintOf } from '../../report/dossier-seal.ts';
import { gatherReport } from '../../report/gather.ts';
import { makeDossier } from '../../report/make-dossier.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { readingOf } from '../reading.ts';
import { findIncident, noIncident } from './incidents.ts';

const language = z.enum(languages).default('pt-BR');

const availabilityQuery = z.strictObject({
  customer: keySchema,
  month: z.string().max(20).regex(monthPattern, 'wanted: a month such as 2026-11'),
  format: z.enum(['json', 'html', 'csv']).default('json'),
  /** Of a CSV: one table for programs, or all under one another. */
  table: z.enum(reportTables).default('all'),
  language,
});

const dossierQuery = z.strictObject({
  incident: z.string().min(1).max(80),
  /** One that the incident took down; absent: the dossier of the whole incident. */
  link: keySchema.optional(),
  format: z.enum(['json', 'html']).default('json'),
  language,
});

export function reportRoutes(api: Api, parts: RouteParts): void {
  const inTurn = createTurns(parts);
  availabilityRoute(api, parts, inTurn);
  dossierRoute(api, parts, inTurn);
}

/** Runs the work unless too many run already; then it is refused with `limit.reached`. */
type InTurn = <T>(work: () => Promise<Result<T>>) => Promise<Result<T>>;

function createTurns({ metrics }: RouteParts): InTurn {
  const refused = metrics.counter('vigia_reports_refused_total', 'Reports not made because too many were');
  let running = 0;
  return async (work) => {
    if (running >= limits.reportsAtOnceMax) {
      refused.add();
      const message = 'other reports are being made; try again in a moment';
      return fail(failure('limit.reached', message, { retryable: true }));
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}

function availabilityRoute(api: Api, parts: RouteParts, inTurn: InTurn): void {
  api.get(
    '/reports/availability',
    {
      config: scopedFor('viewer'),
      schema: {
        summary:
          "Availability of a customer's links and servers in a month; json, html to print, csv for Excel",
        querystring: availabilityQuery,
        response: { 200: availabilityReportSchema },
      },
    },
    async (request, reply) => {
      const { customer, month, format, table, language: asked } = request.query;
      const seen = parts.seenBy(request);
      const refusal = refusalOf(seen, customer, month);
      if (refusal !== undefined) return sendFailure(reply, refusal);
      const made = await inTurn(async () => ok(await gatherReport(seen, { customer, month })));
      if (!made.ok) return sendFailure(reply, made.failure);
      const reading = readingOf(seen, asked);
      const report = availabilityReport(made.value, reading);
      const words = reportWords(asked);
      if (format === 'json') return report;
      if (format === 'html')
        return sendText(reply, { type: 'text/html', text: availabilityPage(report, words, reading) });
      const name = `disponibilidade-${customer}-${month}.csv`;
      return sendText(reply, {
        type: 'text/csv',
        text: reportCsv(report, { table, words, speech: reading }),
        name,
      });
    },
  );
}

function refusalOf({ correlator, clock }: RouteParts, customer: string, month: string): Failure | undefined {
  const sites = [...correlator.state().topology.sites.values()].filter((site) => site.customer === customer);
  if (sites.length === 0) {
    const message = `the inventory has no customer "${customer}" with sites`;
    return failure('not-found', message, { issues: [{ path: 'query.customer', message }] });
  }
  const zone = sites[0]?.timeZone ?? defaultTimeZone;
  if (monthSpan(month, zone).from < clock.now()) return undefined;
  const message = `${month} has not begun; wanted: this month or one before`;
  return failure('input.invalid', message, { issues: [{ path: 'query.month', message }] });
}

function dossierRoute(api: Api, parts: RouteParts, inTurn: InTurn): void {
  api.get(
    '/reports/dossier',
    {
      config: scopedFor('viewer'),
      schema: {
        summary:
          "An incident's dossier for a credit claim, whole or of one link it took down: evidence hash-chained and signed; json (the proof) or html",
        querystring: dossierQuery,
        response: { 200: dossierSchema },
      },
    },
    async (request, reply) => {
      const { incident: id, link, format, language: asked } = request.query;
      const seen = parts.seenBy(request);
      const incident = findIncident(seen, id);
      if (incident === undefined) return sendFailure(reply, noIncident(id));
      const words = dossierWords(asked);
      const speech = readingOf(seen, asked);
      const made = await inTurn(() => makeDossier(seen, { incident, link, words, speech }));
      if (!made.ok) return sendFailure(reply, made.failure);
      const dossier = made.value;
      if (format === 'html') {
        const fingerprint = fingerprintOf(dossier.header.publicKey);
        const links = linksReached(incident, speech.topology);
        const text = dossierPage({ dossier, fingerprint, links }, words);
        return sendText(reply, { type: 'text/html', text });
      }
      const customer = incident.site === undefined ? '' : splitSiteId(incident.site).customer;
      const ofLink = link === undefined ? '' : `-${link}`;
      const name = `dossie-${customer}-${incident.id}${ofLink}.json`;
      // The bytes are what is signed: they go out as they were made, not as a serialiser would write them.
      return sendText(reply, { type: 'application/json', text: dossierText(dossier), name });
    },
  );
}

interface SentText {
  readonly type: string;
  readonly text: string;
  /** To be saved under; keys and ids only, so no quoting is needed. */
  readonly name?: string;
}

function sendText(reply: FastifyReply, { type, text, name }: SentText): FastifyReply {
  if (name !== undefined) reply.header('content-disposition', `attachment; filename="${name}"`);
  return reply
    .type(`${type}; charset=utf-8`)
    .serializer((sent: string) => sent)
    .send(text);
}
