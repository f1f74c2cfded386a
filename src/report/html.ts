import { createHash } from 'node:crypto';
import { printableText } from '../core/printable.ts';

/** Text that is HTML already; everything else is escaped where it is put in. */
export class Html {
  readonly parts: readonly string[];
  readonly values: readonly Part[];

  constructor(parts: readonly string[], values: readonly Part[] = []) {
    this.parts = parts;
    this.values = values;
  }
}

type Part = Html | string | number | undefined | Iterable<Html>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of HTML: what is put in is text, escaped, unless it was made by this function too. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(parts, values);
}

/** A row for each; made when it is written, for there may be thousands. */
export function* each<T>(items: Iterable<T>, row: (item: T) => Html): Iterable<Html> {
  for (const item of items) yield row(item);
}

/**
 * A whole page of its own: no script, no address, one style, printable on A4. It comes piece by piece, so
 * that whoever sends a long one can let others have their turn.
 */
export function page(options: { lang: string; title: string; body: Html }): Iterable<string> {
  const { lang, title, body } = options;
  return pieces(html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${new Html([STYLE])}</style>
</head>
<body>
${body}
</body>
</html>
`);
}

function* pieces({ parts, values }: Html): Iterable<string> {
  for (const [index, part] of parts.entries()) {
    yield part;
    const value = values[index];
    if (value instanceof Html) yield* pieces(value);
    else if (typeof value === 'object') for (const inner of value) yield* pieces(inner);
    else if (value !== undefined) yield escaped(String(value));
  }
}

function escaped(text: string): string {
  return printableText(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

const STYLE = `
@page { size: A4; margin: 18mm 15mm; }
body { font: 10.5pt/1.45 system-ui, sans-serif; color: #111; max-width: 180mm; margin: 0 auto; padding: 6mm 0; }
h1 { font-size: 18pt; margin: 0 0 1mm; }
h2 { font-size: 12.5pt; margin: 8mm 0 2mm; break-after: avoid; }
p { margin: 1mm 0; }
.lead { color: #444; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 1mm 2mm 1mm 0; border-bottom: 0.2mm solid #bbb; overflow-wrap: anywhere; }
th { font-weight: 600; overflow-wrap: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.time { font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 2mm 0; }
dt { color: #444; }
dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 8mm; padding-top: 2mm; border-top: 0.2mm solid #bbb; color: #444; font-size: 8.5pt; overflow-wrap: anywhere; }
`;

/** What a page of this kind may do: show its one style, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox',
].join('; ');
