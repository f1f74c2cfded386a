import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One Markdown file, read as far as the tests of the documents need. */
export interface Page {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** README and everything in docs/. */
export function allPages(): Page[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const files = inDocs.filter((file) => file.endsWith('.md')).map((file) => join('docs', file));
  return ['README.md', ...files.sort()].map(readPage);
}

export function readPage(file: string): Page {
  return { file, text: readFileSync(join(ROOT, file), 'utf8') };
}

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

export function codeBlocks({ text }: Page): CodeBlock[] {
  return [...text.matchAll(FENCED)].map(([, language = '', code = '']) => ({ language, code }));
}

/** Targets of links and pictures, those in code left out. */
export function linksOf({ text }: Page): string[] {
  const prose = text.replace(FENCED, '').replace(/`[^`]*`(?!\])/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What a link may name after `#`, as GitHub makes it of headings. */
export function anchorsOf({ text }: Page): string[] {
  const headings = [...text.replace(FENCED, '').matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The text under a heading of level two, to the next. */
export function sectionOf({ text }: Page, heading: string): string {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  return section.split('\n## ')[0] ?? '';
}

/** The cells of every table row whose first cell is code, without its backticks. */
export function codeRows(text: string): string[][] {
  return [...text.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, first = '', rest = '']) => [
    first,
    ...rest.split('|').map((cell) => cell.trim()),
  ]);
}
