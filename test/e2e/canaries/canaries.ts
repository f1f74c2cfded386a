import { randomBytes } from 'node:crypto';

/** Secrets that are nowhere else in the world, and a search that finds them in most disguises. */
export class Canaries {
  readonly #forms = new Map<string, readonly Buffer[]>();
  readonly #secrets = new Map<string, string>();

  /** Makes one, as a person would type it who knows all keys of the keyboard. */
  hatch(name: string): string {
    return this.plant(name, `Kanarie-${randomBytes(12).toString('hex')}/ "é" \\ & <${name}>`);
  }

  /** One that was made elsewhere. */
  plant(name: string, secret: string): string {
    this.#secrets.set(name, secret);
    this.#forms.set(name, formsOf(Buffer.from(secret)));
    return secret;
  }

  /** A key: 32 bytes that are written as hexadecimal digits. */
  hatchKey(name: string): string {
    const key = randomBytes(32);
    return this.plantKey(name, key, key.toString('hex'));
  }

  /** Bytes, and how people write them. */
  plantKey(name: string, key: Buffer, written: string): string {
    this.#forms.set(name, [...formsOf(key), ...formsOf(Buffer.from(written))]);
    this.#secrets.set(name, written);
    return written;
  }

  /** A private key in PEM: any line of it, and what it encodes. */
  plantPem(name: string, pem: string): void {
    const lines = pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
    // The first says what kind of key it is, which others begin with too.
    const own = lines.length > 1 ? lines.slice(1) : lines.map((line) => line.slice(22));
    const der = Buffer.from(lines.join(''), 'base64');
    this.#forms.set(name, [...own.map((line) => Buffer.from(line)), der.subarray(-24)]);
    this.#secrets.set(name, pem);
  }

  get names(): string[] {
    return [...this.#forms.keys()];
  }

  secret(name: string): string {
    return this.#secrets.get(name) ?? '';
  }

  /** The names of those that are in it. */
  in(bytes: Buffer | string): string[] {
    const where = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    return this.names.filter((name) =>
      (this.#forms.get(name) ?? []).some((form) => where.includes(form)),
    );
  }
}

/** As it is, escaped for addresses, JSON and XML, in hexadecimal digits, in UTF-16, and within a longer text in base64. */
function formsOf(secret: Buffer): Buffer[] {
  const text = secret.toString('utf8');
  const hex = secret.toString('hex');
  const json = JSON.stringify(text).slice(1, -1);
  const texts = [
    ...[encodeURIComponent(text), json, JSON.stringify(json).slice(1, -1), xmlOf(text)],
    ...[hex, hex.toUpperCase()],
    ...[0, 1, 2].flatMap((before) => base64Within(secret, before)),
  ];
  return [secret, Buffer.from(text, 'utf16le'), ...texts.map((each) => Buffer.from(each))];
}

export function xmlOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The characters that depend on the secret alone when so many bytes, modulo 3, stand before it. */
function base64Within(secret: Buffer, before: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(before), secret]);
  const whole = padded.length - (padded.length % 3);
  const core = (encoding: 'base64' | 'base64url') =>
    padded
      .subarray(0, whole)
      .toString(encoding)
      .slice(before === 0 ? 0 : 4);
  return [core('base64'), core('base64url')];
}
