import { inspect } from 'node:util';

/**
 * A value that must not appear in a log, an error, a URL or a response. Printing it in any of the
 * usual ways gives `[secret]`; only `reveal()` gives the value, at the one place that needs it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** User name and password of a camera. */
export interface Credentials {
  username: string;
  password: Secret;
}

/**
 * A text without the credentials that the URLs in it carry: `rtsp://a:b@host/` → `rtsp://host/`, and the
 * value of every `password=` and the like, a habit of video recorders.
 */
export function withoutUrlSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1')
    .replace(SECRET_PARAMETER, '$1[secret]');
}

const SECRET_PARAMETER =
  /\b((?:user|username|pass|passwd|password|pwd|token|auth)=)[^\s&;/?#"']+/gi;
