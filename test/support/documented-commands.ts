import { runCli } from './cli.ts';
import { codeBlocks, type Page } from './documents.ts';

/** What the command line itself says of one command. */
export interface CommandSpec {
  /** Its options, and whether each takes a value. */
  readonly options: ReadonlyMap<string, boolean>;
  readonly subcommands: readonly string[];
  readonly fewestArguments: number;
  readonly mostArguments: number;
}

const known = new Map<string, Promise<CommandSpec | undefined>>();

/** Undefined when there is no such command. */
export function specOf(path: readonly string[]): Promise<CommandSpec | undefined> {
  const name = ['liveview', ...path].join(' ');
  const spec = known.get(name) ?? askHelp(name, path);
  known.set(name, spec);
  return spec;
}

async function askHelp(name: string, path: readonly string[]): Promise<CommandSpec | undefined> {
  const { code, stdout } = await runCli([...path, '--help']);
  const [usage = ''] = stdout.split('\n');
  const places = usage.slice(`Usage: ${name} `.length).replace('[options]', '');
  if (code !== 0 || !usage.startsWith(`Usage: ${name} `)) return undefined;
  const [, commands = ''] = stdout.split('\nCommands:\n');
  const subcommands = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, word = '']) => word);
  const fewest = (places.match(/<\S+>/g) ?? []).length;
  return {
    options: optionsIn(stdout),
    subcommands: subcommands.filter((word) => word !== 'help'),
    fewestArguments: fewest,
    mostArguments: fewest + (places.match(/(?<!<\S*)\[\w+\]/g) ?? []).length,
  };
}

function optionsIn(help: string): Map<string, boolean> {
  const options = new Map<string, boolean>();
  for (const [, short, long = '', value] of help.matchAll(
    /^ {2}(?:(-\w), )?(--[\w-]+)( <\S+>)?/gm,
  )) {
    options.set(long, value !== undefined);
    if (short !== undefined) options.set(short, value !== undefined);
  }
  return options;
}

/** The words after `liveview` of every command in the code of a page. */
export function commandsIn(page: Page): string[][] {
  return codeBlocks(page)
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/\||&&|;|>|\$\(|\)/))
    .map((piece) => /^\s*(?:sudo (?:-u \w+ )?)?liveview\s+(.*?)\s*$/.exec(piece)?.[1])
    .filter((words) => words !== undefined)
    .map((words) => [...words.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word));
}

/** What the command line would object to; undefined for a command that it takes. */
export async function objectionTo(words: readonly string[]): Promise<string | undefined> {
  const top = await specOf(words.slice(0, 1));
  const path = words.slice(0, (top?.subcommands.length ?? 0) > 0 ? 2 : 1);
  if (path.every((word) => word.startsWith('-'))) return undefined;
  const spec = await specOf(path);
  return spec ? objectionOf(spec, words.slice(path.length)) : 'there is no such command';
}

function objectionOf(spec: CommandSpec, words: readonly string[]): string | undefined {
  let places = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const takesValue = spec.options.get(word);
    if (!word.startsWith('-')) places += 1;
    else if (takesValue === undefined) return `there is no option ${word}`;
    else if (takesValue && isOption(words[at + 1] ?? '--')) return `${word} needs a value`;
    else if (takesValue) at += 1;
  }
  const fits = places >= spec.fewestArguments && places <= spec.mostArguments;
  return fits ? undefined : `${places} arguments are not what it takes`;
}

/** A single hyphen is standard input. */
function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}
