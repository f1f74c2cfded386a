import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { codeOf, LiveViewError } from '../errors.ts';

/** The files of a listener that speaks TLS, as the configuration names them. */
export interface TlsFileNames {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
  readonly clientCrl?: readonly string[] | undefined;
  readonly clientCert: 'required' | 'optional' | 'off';
}

/** The settings that name files. */
export type TlsSetting = Exclude<keyof TlsFileNames, 'clientCert'>;

export interface FileBytes {
  readonly setting: TlsSetting;
  readonly file: string;
  readonly bytes: Buffer;
}

/** What is in the files of a listener. */
export interface TlsBytes {
  readonly cert: FileBytes;
  readonly key: FileBytes;
  readonly clientCa: FileBytes | undefined;
  readonly clientCrl: readonly FileBytes[];
  /** Of all of it together. */
  readonly digest: string;
}

/** What is wrong with the files, and which setting names the one to mend. */
export class TlsFileError extends LiveViewError {
  readonly setting: TlsSetting;

  constructor(code: string, setting: TlsSetting, message: string) {
    super(code, message);
    this.setting = setting;
  }
}

/** More than any list of a real authority; it is read every few seconds. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads them whole. What is only half written is found out when it is understood.
 *
 * @throws TlsFileError `certificate-unreadable`, of the first that cannot be read.
 */
export function readTlsBytes({ cert, key, clientCa, clientCrl = [] }: TlsFileNames): TlsBytes {
  const read = {
    cert: readFile('cert', cert),
    key: readFile('key', key),
    clientCa: clientCa === undefined ? undefined : readFile('clientCa', clientCa),
    clientCrl: clientCrl.map((file) => readFile('clientCrl', file)),
  };
  const hash = createHash('sha256');
  for (const each of [read.cert, read.key, read.clientCa, ...read.clientCrl]) {
    hash.update(`${each?.bytes.length ?? 'none'}:`).update(each?.bytes ?? '');
  }
  return { ...read, digest: hash.digest('hex') };
}

/** Every file that cannot be read. */
export function unreadableFiles({ cert, key, clientCa, clientCrl = [] }: TlsFileNames) {
  const named: [TlsSetting, string | undefined][] = [
    ['cert', cert],
    ['key', key],
    ['clientCa', clientCa],
    ...clientCrl.map((file): [TlsSetting, string] => ['clientCrl', file]),
  ];
  return named.flatMap(([setting, file]) => {
    try {
      if (file !== undefined) readFile(setting, file);
      return [];
    } catch (error) {
      if (error instanceof TlsFileError) return [error];
      throw error;
    }
  });
}

function readFile(setting: TlsSetting, file: string): FileBytes {
  let why = 'no file, or one that is too large';
  try {
    const found = statSync(file);
    if (found.isFile() && found.size <= MAX_FILE_BYTES) {
      return { setting, file, bytes: readFileSync(file) };
    }
  } catch (thrown) {
    why = codeOf(thrown);
  }
  throw new TlsFileError(
    'certificate-unreadable',
    setting,
    `${file} cannot be read (${why}); check the path, its owner and its mode`,
  );
}
