import type { X509Certificate } from 'node:crypto';

/** A control room, and the client certificates that stand for it. */
export interface CertifiedRoom {
  readonly id: string;
  readonly certificates: readonly (
    | { readonly name: string }
    /** SHA-256 in hexadecimal digits, with or without colons. */
    | { readonly fingerprint: string }
  )[];
}

/** Whole names, as the configuration has them: no wildcard of a certificate and no subject counts. */
const EXACTLY = { subject: 'never', wildcards: false, partialWildcards: false } as const;

/** Which control rooms client certificates stand for. */
export class CertificateRooms {
  readonly #byFingerprint = new Map<string, string>();
  readonly #byName = new Map<string, string>();

  constructor(rooms: readonly CertifiedRoom[]) {
    this.update(rooms);
  }

  /** Other rooms, or other certificates for them. */
  update(rooms: readonly CertifiedRoom[]): void {
    this.#byFingerprint.clear();
    this.#byName.clear();
    for (const { id, certificates } of rooms) {
      for (const each of certificates) {
        if ('name' in each) this.#byName.set(each.name, id);
        else this.#byFingerprint.set(plain(each.fingerprint), id);
      }
    }
  }

  /** Whether any certificate stands for any of them. */
  get isUsed(): boolean {
    return this.#byFingerprint.size + this.#byName.size > 0;
  }

  /** More than one when its names are of several: then it stands for none. */
  of(certificate: X509Certificate): string[] {
    const rooms = new Set<string>();
    const pinned = this.#byFingerprint.get(plain(certificate.fingerprint256));
    if (pinned !== undefined) rooms.add(pinned);
    for (const [name, room] of this.#byName) {
      if (certificate.checkHost(name, EXACTLY) !== undefined) rooms.add(room);
    }
    return [...rooms];
  }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
