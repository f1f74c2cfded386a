import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { LiveViewError } from '../core/errors.ts';

/** What was sent as `multipart/form-data` (RFC 7578): a part named `file`, and text. */
export interface Upload {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Buffer;
}

const MAX_FIELDS = 8;
const MAX_FIELD_BYTES = 4 * 1024;
const MAX_HEADER_BYTES = 8 * 1024;
/** Each with a file in memory. */
const MAX_AT_ONCE = 4;

/**
 * Reads uploads into memory, never onto the disk: what is in them is not known yet. The name of a file
 * and its type are not looked at.
 */
export class Uploads {
  #reading = 0;

  /**
   * Runs `work` with what was sent. What is not read because of an error is received and thrown away,
   * so that the sender hears why.
   *
   * @throws LiveViewError `unsupported-media-type`, `invalid-request`, `image-too-large`,
   *   `too-many-uploads`
   */
  async read<T>(
    request: IncomingMessage,
    maxBytes: number,
    work: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    if (this.#reading >= MAX_AT_ONCE) {
      request.resume();
      throw new LiveViewError('too-many-uploads', 'others are sending files; try again');
    }
    this.#reading += 1;
    try {
      return await work(await readUpload(request, maxBytes));
    } finally {
      this.#reading -= 1;
    }
  }
}

function readUpload(request: IncomingMessage, maxBytes: number): Promise<Upload> {
  return new Promise<Upload>((resolve, reject) => {
    const parser = parserFor(request, maxBytes);
    const fields = new Map<string, string>();
    let file: Buffer[] | undefined;
    const fail = (error: LiveViewError) => {
      request.unpipe(parser);
      request.resume();
      reject(error);
    };
    const tooMuch = () => fail(malformed('it has more parts than are expected'));
    parser.on('file', (_name, stream) => {
      const chunks: Buffer[] = [];
      file = chunks;
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => fail(tooLarge(maxBytes)));
      // Of a form that ends within the file; an error that nobody hears ends the process.
      stream.on('error', (error: unknown) => fail(malformed('it cannot be read', error)));
    });
    parser.on('field', (name, value, _nameCut, isCut) => {
      if (isCut) fail(malformed(`${name.slice(0, 32)} is too long`));
      else fields.set(name, value);
    });
    for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit']) parser.once(event, tooMuch);
    parser.on('error', (error: unknown) => fail(malformed('it cannot be read', error)));
    request.once('error', (error) => fail(malformed('it broke off', error)));
    request.once('aborted', () => fail(malformed('it broke off')));
    parser.once('finish', () => {
      if (file) resolve({ fields: Object.fromEntries(fields), file: Buffer.concat(file) });
      else fail(malformed('the part named “file” is missing'));
    });
    request.pipe(parser);
  });
}

function parserFor(request: IncomingMessage, maxBytes: number): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  try {
    if (!/^multipart\/form-data\b/i.test(type)) throw new TypeError('no form');
    return new Busboy({
      headers: { ...request.headers, 'content-type': type },
      isPartAFile: (name) => name === 'file',
      limits: {
        files: 1,
        fileSize: maxBytes,
        fields: MAX_FIELDS,
        fieldSize: MAX_FIELD_BYTES,
        parts: MAX_FIELDS + 1,
        headerPairs: 16,
        headerSize: MAX_HEADER_BYTES,
      },
    });
  } catch (cause) {
    request.resume();
    throw new LiveViewError('unsupported-media-type', 'send multipart/form-data', { cause });
  }
}

function tooLarge(maxBytes: number): LiveViewError {
  const most = `${Math.floor(maxBytes / 1024 / 1024)} MiB`;
  return new LiveViewError('image-too-large', `a file has at most ${most}; make it smaller`);
}

function malformed(reason: string, cause?: unknown): LiveViewError {
  return new LiveViewError('invalid-request', `the form: ${reason}`, { cause });
}
