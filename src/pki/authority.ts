import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import { replaceFile } from '../core/replace-file.ts';
import type { AuthorityFolder, Issuer } from './folder.ts';
import { fileNameOf, type Host } from './names.ts';
import { type Issued, type Register, readRegister, writeRegister } from './register.ts';
import type { Term } from './signing.ts';

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 3650;
const LIST_DAYS = 30;
/** The clocks of those who look at a certificate are not all as this one. */
const SKEW_MS = 5 * 60_000;
const MAX_CERTIFICATE_BYTES = 64 * 1024;

export type Wish =
  /** Called by the first of its hosts. */
  (
    | { readonly kind: 'server' }
    /** Called by whom it stands for. */
    | { readonly kind: 'client'; readonly name: string }
  ) & {
    /** How a server is reached, one or more; DNS names of a client, by which a configuration may know it. */
    readonly hosts: readonly Host[];
    readonly days: number;
    /** In place of an earlier one of the same name. */
    readonly isRenewal: boolean;
  };

export interface AuthorityFacts {
  readonly name: string;
  readonly fingerprint: string;
  readonly notAfter: string;
}

interface Signer {
  readonly signing: Awaited<ReturnType<typeof loadSigning>>;
  readonly issuer: Issuer;
}

export type State = 'valid' | 'expired' | 'revoked';

/**
 * A private authority in a folder, for a trial: its key and certificate, what it issued, and the list of
 * what it revoked. Each change is made by one command at a time; the record is written before the
 * files, so that nothing was ever issued that cannot be revoked.
 */
export class Authority {
  readonly folder: AuthorityFolder;
  readonly #clock: Clock;

  constructor(folder: AuthorityFolder, clock: Clock) {
    this.folder = folder;
    this.#clock = clock;
  }

  /** @throws LiveViewError `cert-exists`, `cert-folder`, `cert-busy` */
  async make(name: string): Promise<AuthorityFacts> {
    const { folder } = this;
    folder.make();
    const signing = await loadSigning();
    return folder.locked(async () => {
      const [there] = folder.present();
      if (there !== undefined) throw authorityExists(there);
      const made = await signing.makeAuthority(name, this.#term(AUTHORITY_DAYS));
      // The key last: an authority that was not finished has none, and can have signed nothing.
      replaceFile(folder.certificate, made.certificate);
      const issuer = issuerOf(made);
      const empty = { number: 0, days: LIST_DAYS, nextUpdate: '' };
      await this.#writeList({ signing, issuer }, { version: 1, name, list: empty, issued: [] });
      replaceFile(folder.key, made.key);
      return factsOf(name, issuer.certificate);
    });
  }

  /** @throws LiveViewError `cert-exists`, `bad-term`, and those of a folder that cannot be used. */
  issue(wish: Wish): Promise<Issued> {
    const { folder } = this;
    const { kind, hosts, days, isRenewal } = wish;
    const { name, file } = subjectOf(wish);
    return this.#changed(async ({ signing, issuer }, register) => {
      this.#checkPlace(register, { kind, name, file, isRenewal });
      const term = this.#term(days);
      checkTerm(issuer, term);
      const made = await signing.makeCertificate(issuer, { kind, name, hosts, term });
      const { serialNumber, fingerprint256 } = new X509Certificate(made.certificate);
      const issued: Issued = {
        serial: serialNumber.toLowerCase(),
        ...{ kind, name, file: `${file}.crt` },
        hosts: hosts.map(({ value }) => value),
        fingerprint: fingerprint256,
        notBefore: term.notBefore.toISOString(),
        notAfter: term.notAfter.toISOString(),
      };
      writeRegister(folder.register, { ...register, issued: [...register.issued, issued] });
      replaceFile(this.pathOf(`${file}.key`), made.key);
      replaceFile(this.pathOf(`${file}.crt`), made.certificate);
      return issued;
    });
  }

  /**
   * Revokes what has this serial number, or is in this file. One that was revoked before stays so since
   * then, and the list is made anew all the same.
   *
   * @throws LiveViewError `cert-unknown`
   */
  revoke(which: string): Promise<Issued> {
    const serial = serialIn(which);
    return this.#changed(async (signer, register) => {
      const found = register.issued.find((each) => each.serial === serial);
      if (!found) {
        throw unknown(
          `${which} is none of this authority; liveview cert list shows those it issued`,
        );
      }
      const revoked = { ...found, revokedAt: found.revokedAt ?? this.#now().toISOString() };
      const issued = register.issued.map((each) => (each === found ? revoked : each));
      await this.#writeList(signer, { ...register, issued });
      return revoked;
    });
  }

  /** Makes the list of what was revoked anew, to hold for so many days, or as many as the one before. */
  renewList(days?: number): Promise<Register['list']> {
    return this.#changed((signer, register) => {
      const list = { ...register.list, days: days ?? register.list.days };
      return this.#writeList(signer, { ...register, list });
    });
  }

  /** What there is, without a change. */
  read(): Register & { readonly authority: AuthorityFacts } {
    this.folder.check();
    const register = readRegister(this.folder.register);
    return { ...register, authority: factsOf(register.name, this.folder.readCertificate()) };
  }

  stateOf({ revokedAt, notAfter }: Issued): State {
    if (revokedAt !== undefined) return 'revoked';
    return Date.parse(notAfter) <= this.#now().getTime() ? 'expired' : 'valid';
  }

  /** Of a file in the folder. */
  pathOf(file: string): string {
    return join(this.folder.path, file);
  }

  async #changed<T>(work: (signer: Signer, register: Register) => Promise<T>): Promise<T> {
    const { folder } = this;
    folder.check();
    const signing = await loadSigning();
    return folder.locked(async () =>
      work({ signing, issuer: folder.readIssuer() }, readRegister(folder.register)),
    );
  }

  /** The record first: a list that was not written after it is made by whatever command comes next. */
  async #writeList(signer: Signer, register: Register): Promise<Register['list']> {
    const { days } = register.list;
    const { notBefore: thisUpdate, notAfter: nextUpdate } = this.#term(days);
    const number = register.list.number + 1;
    const list = { number, days, nextUpdate: nextUpdate.toISOString() };
    const revoked = register.issued.flatMap(({ serial, revokedAt }) =>
      revokedAt === undefined ? [] : [{ serial, at: new Date(revokedAt) }],
    );
    const wish = { number, thisUpdate, nextUpdate, revoked };
    const pem = await signer.signing.makeRevocationList(signer.issuer, wish);
    writeRegister(this.folder.register, { ...register, list });
    replaceFile(this.folder.list, pem);
    return list;
  }

  #checkPlace(register: Register, wish: Place): void {
    const path = this.pathOf(`${wish.file}.crt`);
    const earlier = register.issued.findLast(({ file }) => file === `${wish.file}.crt`);
    if (earlier && (earlier.name !== wish.name || earlier.kind !== wish.kind)) {
      throw exists(`${path} is that of ${earlier.name}; choose a name that differs in its letters`);
    }
    if (wish.isRenewal && !earlier) {
      throw unknown(`there is no ${path} to renew; leave out --renew to make a first one`);
    }
    if (wish.isRenewal || !(existsSync(path) || existsSync(this.pathOf(`${wish.file}.key`))))
      return;
    throw exists(
      `${path} or its key is there already; --renew puts another in its place, and the one before holds until it ends or is revoked`,
    );
  }

  /** Certificates have whole seconds. */
  #now(): Date {
    return new Date(Math.floor(this.#clock.unixUs() / 1_000_000) * 1_000);
  }

  #term(days: number): Term {
    const nowMs = this.#now().getTime();
    return { notBefore: new Date(nowMs - SKEW_MS), notAfter: new Date(nowMs + days * DAY_MS) };
  }
}

/** It takes half a second: by whoever needs it alone, and not while others wait. */
function loadSigning() {
  return import('./signing.ts');
}

function checkTerm({ certificate }: Issuer, { notAfter }: Term): void {
  const ends = Date.parse(certificate.validTo);
  if (notAfter.getTime() <= ends) return;
  throw new LiveViewError(
    'bad-term',
    `the authority itself holds until ${new Date(ends).toISOString()}; ask for fewer --days, or make another authority in a new folder`,
  );
}

interface Place {
  readonly kind: Wish['kind'];
  readonly name: string;
  /** Without what it ends in. */
  readonly file: string;
  readonly isRenewal: boolean;
}

/** What it will be known by. */
function subjectOf(wish: Wish): { name: string; file: string } {
  const name = wish.kind === 'client' ? wish.name : (wish.hosts[0]?.value ?? '');
  return { name, file: fileNameOf(wish.kind, name) };
}

function serialIn(which: string): string {
  const hex = which.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{16,40}$/.test(hex) && !existsSync(which)) return hex;
  try {
    if (statSync(which).size > MAX_CERTIFICATE_BYTES) throw new Error('it is too large');
    return new X509Certificate(readFileSync(which)).serialNumber.toLowerCase();
  } catch (cause) {
    throw new LiveViewError(
      'cert-unknown',
      `${which} is neither a serial number nor a file with a certificate; liveview cert list shows both`,
      { cause },
    );
  }
}

function issuerOf(made: { certificate: string; key: string }): Issuer {
  return { certificate: new X509Certificate(made.certificate), key: createPrivateKey(made.key) };
}

function factsOf(name: string, certificate: X509Certificate): AuthorityFacts {
  const { fingerprint256, validTo } = certificate;
  return {
    name,
    fingerprint: fingerprint256,
    notAfter: new Date(validTo).toISOString(),
  };
}

function authorityExists(there: string): LiveViewError {
  return exists(
    `${there} is there already, and an authority is never put in place of another; take another folder`,
  );
}

function exists(message: string): LiveViewError {
  return new LiveViewError('cert-exists', message);
}

function unknown(message: string): LiveViewError {
  return new LiveViewError('cert-unknown', message);
}
