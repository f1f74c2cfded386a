import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { LiveViewError } from '../core/errors.ts';
import { KeyFile } from '../journal/key-file.ts';
import { KeyRing } from '../journal/key-ring.ts';
import { hexOf, publicKeyOf } from '../journal/signature.ts';
import { consoleActor } from './access-log.ts';
import type { CliContext } from './context.ts';
import { withJournal } from './open-journal.ts';
import { dataDirOption, jsonOption, wrongUse } from './options.ts';
import { printJson } from './output.ts';

interface KeyFlags {
  dataDir: string;
  json?: boolean;
}

/** `liveview journal key`: the public key, to be kept where nobody who can write the journal comes. */
export function keyCommand(context: CliContext): Command {
  return new Command('key')
    .description('print the public key that signs the journal, to keep elsewhere')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(({ dataDir, json }: KeyFlags) => {
      const key = withJournal(dataDir, {}, (journal) => journal.announcedKey());
      if (key === undefined) {
        throw new LiveViewError('no-key', 'this journal has no key yet; the gateway makes it');
      }
      showKey(context, key, json);
    });
}

/** `liveview journal rekey`: another key takes over, also beside a running gateway. */
export function rekeyCommand(context: CliContext): Command {
  return new Command('rekey')
    .description('sign with a new key from here on; the old one vouches for it')
    .option('--lost', 'the old private key is lost: nothing vouches for the new one')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(({ dataDir, json, lost }: KeyFlags & { lost?: boolean }) => {
      showKey(context, rekey(context, dataDir, lost === true), json);
    });
}

function rekey(context: CliContext, dataDir: string, lost: boolean): string {
  const file = new KeyFile(dataDir);
  const keys = new KeyRing(file);
  return withJournal(dataDir, { keys }, (journal) => {
    const announced = journal.announcedKey();
    if (announced === undefined) {
      throw new LiveViewError('no-key', 'this journal has no key yet; the gateway makes the first');
    }
    const previous = keys.signerOf(announced);
    if (!previous && !lost) throw new LiveViewError('journal-key', keys.problem ?? '');
    if (previous && lost) throw wrongUse('the old key is here and can vouch; leave out --lost');
    const make = () => file.makeNext();
    const { key } = journal.announceKey(consoleActor(context), { announced, previous, make });
    file.adoptNext(key);
    return key;
  });
}

function showKey(context: CliContext, key: string, json = false): void {
  const pem = pemOf(key);
  if (json) printJson(context, { key, pem });
  else {
    context.stdout.write(pem);
    context.stderr.write(`Ed25519 ${key}\nKeep this key elsewhere: journal verify --key FILE\n`);
  }
}

function pemOf(key: string): string {
  return String(publicKeyOf(key).export({ type: 'spki', format: 'pem' }));
}

const PEM = /-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g;

/** The public keys in a file that was kept elsewhere. @throws LiveViewError `wrong-use` */
export function readKeys(file: string): string[] {
  const blocks = [...textOf(file).matchAll(PEM)];
  const keys = blocks.flatMap(([block, kind]) => (kind === 'PUBLIC KEY' ? keyIn(block) : []));
  if (keys.length > 0 && keys.length === blocks.length) return keys;
  throw wrongUse(
    `${file} holds no Ed25519 public key in PEM, as \`liveview journal key\` prints it`,
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LiveViewError('wrong-use', `${file} cannot be read`, { cause });
  }
}

function keyIn(pem: string): string[] {
  try {
    return [hexOf(createPublicKey(pem))];
  } catch {
    return [];
  }
}
