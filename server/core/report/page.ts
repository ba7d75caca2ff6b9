// The sheet that printed reports share: A4, no script, one style that never changes (the server's policy names it by its
// digest, so nothing may be put into it). The running head repeats on every printed page.
import { Markup, markup } from './markup.ts';

export const reportStyle = [
  ':root{color-scheme:light}',
  '@page{size:A4;margin:14mm 12mm 16mm;@bottom-left{content:"Vigia";font:8pt sans-serif;color:#555}',
  '@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#555}}',
  'body{font:9.5pt/1.4 "Segoe UI","Noto Sans",Arial,sans-serif;color:#111;background:#fff;margin:0 auto;',
  'max-width:200mm;padding:8mm}',
  'h1{font-size:17pt;margin:0 0 2mm;line-height:1.2}h2{font-size:11.5pt;margin:7mm 0 2mm;break-after:avoid}',
  'p{margin:0 0 2mm}small,.note{color:#444;font-size:8.5pt}',
  '.sheet{width:100%;border-collapse:collapse}.sheet>thead>tr>td{padding:0 0 3mm;font-size:8.5pt;color:#444}',
  '.sheet>tbody>tr>td,.sheet>thead>tr>td{border:0}',
  'table{width:100%;border-collapse:collapse}',
  'section td,section th{border-bottom:.2mm solid #bbb;padding:1mm 1mm;text-align:left;vertical-align:top}',
  'section th{border-bottom:.4mm solid #333;font-size:7.5pt}section thead{display:table-header-group}',
  'section tr{break-inside:avoid}.number{text-align:right;font-variant-numeric:tabular-nums}',
  'section table{font-size:8pt}section td:first-child:not(.number){min-width:26mm}',
  '.facts{display:grid;grid-template-columns:max-content 1fr;gap:.6mm 4mm;margin:0 0 4mm}',
  '.facts dt{color:#444}.facts dd{margin:0}',
  '.warning{border-left:1mm solid #b45309;padding:1.5mm 3mm;background:#fff7e6}',
  '.none{color:#444}.bad{font-weight:700}code{font:8pt ui-monospace,Consolas,monospace;overflow-wrap:anywhere}',
  'ul{margin:0;padding-left:5mm}@media print{body{padding:0;max-width:none}}',
].join('');

// A style element's content is no escaped text; this one is fixed and holds no `<`.
const style = new Markup(reportStyle);

export interface Page {
  readonly language: 'pt-BR' | 'en';
  readonly title: string;
  /** Repeats on every printed page. */
  readonly head: string;
  readonly body: Markup;
}

/** A whole document. */
export function page({ language, title, head, body }: Page): string {
  return markup`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${style}</style></head>
<body><table class="sheet" role="presentation"><thead><tr><td>${head}</td></tr></thead><tbody><tr><td>
<main>${body}</main>
</td></tr></tbody></table></body></html>
`.text;
}
