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

/** A text with the user information of every URL in it removed: `rtsp://a:b@host/` → `rtsp://host/`. */
export function withoutUserInfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1');
}
