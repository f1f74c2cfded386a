import type { DirectoryLogouts } from './logouts.ts';
import type { DirectoryPerson } from './person.ts';

/** By what people of the directory are in. */
export class DirectoryStanding {
  readonly #terms: string;
  readonly #logouts: Pick<DirectoryLogouts, 'lastOf'>;

  /** @param terms names the configuration in force: whoever came in by another comes in anew. */
  constructor(terms: string, logouts: Pick<DirectoryLogouts, 'lastOf'>) {
    this.#terms = terms;
    this.#logouts = logouts;
  }

  /** Somebody who comes in now. */
  asOfNow(person: DirectoryPerson): DirectoryPerson {
    const loggedOutAt = this.#logouts.lastOf(person.username);
    return loggedOutAt === undefined ? person : { ...person, loggedOutAt };
  }

  /** Whether a login of theirs holds still. */
  holds({ username, terms, loggedOutAt }: DirectoryPerson): boolean {
    return terms === this.#terms && this.#logouts.lastOf(username) === loggedOutAt;
  }
}
