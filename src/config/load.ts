import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { codeOf, describe, LiveViewError } from '../core/errors.ts';
import { crossProblems } from './cross-problems.ts';
import { type Config, configSchema } from './schema.ts';

/** One thing that is wrong, and where. */
export interface ConfigProblem {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** Where in the structure, e.g. `cameras[1].rtsp.main`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** Everything that is wrong with a configuration file, at once. */
export class ConfigError extends LiveViewError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('configuration-refused', problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

export function formatProblem(problem: ConfigProblem): string {
  const where = problem.path ? `${problem.path}: ` : '';
  return `${problem.file}:${problem.line}: ${where}${problem.message}`;
}

/** A configuration file is text that people write; a larger one is a mistake. */
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws ConfigError naming every problem; also when the file cannot be read. */
export function loadConfig(file: string): Config {
  return openConfig(file).config;
}

/** @param file only named in problems. */
export function parseConfig(text: string, file: string): Config {
  return parse(text, file).config;
}

/** A valid configuration, and how to say where in its file something else is wrong. */
export interface OpenConfig {
  readonly config: Config;
  problemAt(path: readonly (string | number)[], message: string): ConfigProblem;
}

/** @throws ConfigError */
export function openConfig(file: string): OpenConfig {
  return parse(readText(file), file);
}

function parse(text: string, file: string): OpenConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        file,
        line: lines.linePos(error.pos[0]).line,
        path: '',
        message: `not valid YAML: ${error.message}`,
      })),
    );
  }
  keepNames(document);
  const raw = plainValue(document, lines, file) ?? {};
  const result = configSchema.safeParse(raw);
  if (result.success) {
    return {
      config: result.data,
      problemAt: (path, message) => ({
        file,
        line: lineOf(document, lines, path),
        path: formatPath(path),
        message,
      }),
    };
  }
  // The schema looks at what lies between its parts only when each of them is right.
  const found = [...shapeProblems(result.error, raw), ...crossProblems(raw)];
  const problems = unique(found).map(({ path, message }) => ({
    file,
    line: lineOf(document, lines, path),
    path: formatPath(path),
    message,
  }));
  throw new ConfigError(problems.sort((a, b) => a.line - b.line));
}

/** A name is what is written: account 0042 is not 42, and 12E4 is no power of ten. */
function keepNames(document: Document): void {
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'number') key.value = key.source ?? key.value;
    },
  });
}

/** Aliases and merge keys are resolved here, and not before: what is wrong with them is found only now. */
function plainValue(document: Document, lines: LineCounter, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    let offset = 0;
    visit(document, {
      Alias(_key, alias) {
        if (alias.resolve(document)) return undefined;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    const { line } = lines.linePos(offset);
    const message = `not valid YAML: ${describe(cause)}`;
    throw new ConfigError([{ file, line, path: '', message }]);
  }
}

function readText(file: string): string {
  const refuse = (message: string) => new ConfigError([{ file, line: 1, path: '', message }]);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw refuse(`larger than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT') {
      throw refuse('no such file; copy cameras.example.yaml and name it with --config');
    }
    throw refuse(`cannot be read (${code}); check its owner and mode`);
  }
}

interface Found {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function unique(found: readonly Found[]): Found[] {
  return [
    ...new Map(found.map((item) => [JSON.stringify([item.path, item.message]), item])).values(),
  ];
}

function shapeProblems({ issues }: { issues: z.core.$ZodIssue[] }, raw: unknown): Found[] {
  return issues.flatMap((issue) => {
    const meant = meantIssues(issue);
    if (meant) return shapeProblems({ issues: meant }, raw);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: 'is not a setting here; remove it or check its spelling and indentation',
      }));
    }
    return [{ path: issue.path, message: messageOf(issue, valueAt(raw, issue.path)) }];
  });
}

/** Where several forms are possible, what is wrong with the one of this type; undefined when it is not plain which. */
function meantIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const ofThisType = issue.errors.filter((issues) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  const [meant] = ofThisType;
  if (!meant || ofThisType.length > 1) return undefined;
  return meant.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    raw,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with settings',
  record: 'a section with settings',
};

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((allowed) => String(allowed)).join(', ')}`;
    case 'too_small':
      return boundMessage(issue, `at least ${issue.minimum}`);
    case 'too_big':
      return boundMessage(issue, `at most ${issue.maximum}`);
    default:
      return issue.message;
  }
}

/** What the schema says in words of its own stays; zod's standard messages are put in ours. */
function boundMessage(issue: { message: string; origin: string }, bound: string): string {
  if (!/^(Too (small|big)|Invalid)/.test(issue.message)) return issue.message;
  if (issue.origin === 'string') return `must have ${bound} characters`;
  return issue.origin === 'array' ? `must have ${bound} entries` : `must be ${bound}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** The line of the deepest part of `path` that exists in the file: the key itself where there is one. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const offset = offsetOf(document, path.slice(0, depth));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const keys = parent.items.map((item) => item.key).filter((key) => isScalar(key));
    const key = keys.find(({ value }) => String(value) === String(last));
    if (key) return key.range?.[0];
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
