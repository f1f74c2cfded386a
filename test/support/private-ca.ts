import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface IssuedCertificate {
  /** Files with the certificate, then those of whoever issued it below the root; and its key. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** DNS names and addresses for the subjectAltName; 127.0.0.1 and localhost unless given. */
  readonly san?: string;
  readonly from?: Date;
  readonly until?: Date;
}

const DAY_MS = 24 * 3_600_000;
const CONFIG = `
[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;

/** A certificate authority in a folder of its own, made by the \`openssl\` command. */
export class PrivateCa {
  readonly folder = mkdtempSync(join(tmpdir(), 'liveview-ca-'));
  readonly certFile = join(this.folder, 'ca.crt');
  /** Of the authorities between the root and this one. */
  readonly #above: string;
  #count = 0;

  /** @param parent that issues its certificate; it is a root without one. */
  constructor(name: string, parent?: PrivateCa) {
    this.#write('openssl.cnf', CONFIG);
    this.#write('index.txt', '');
    this.#write('serial', `${parent ? '20' : '10'}00\n`);
    this.#write('crlnumber', '01\n');
    this.#key('ca.key');
    const subject = ['-subj', `/CN=${name}`, '-config', 'openssl.cnf', '-key', 'ca.key'];
    if (parent) {
      this.#openssl('req', '-new', ...subject, '-out', 'ca.csr');
      parent.#sign(join(this.folder, 'ca.csr'), this.certFile, CONFIG, 'root', {});
    } else {
      const out = ['-x509', '-days', '3650', '-extensions', 'root', '-out', 'ca.crt'];
      this.#openssl('req', '-new', ...subject, ...out);
    }
    this.#above = parent ? this.cert + parent.#above : '';
  }

  get cert(): string {
    return readFileSync(this.certFile, 'latin1');
  }

  issue(name: string, options: IssueOptions = {}): IssuedCertificate {
    const { san = 'DNS:localhost,IP:127.0.0.1' } = options;
    const stem = `${this.#count++}`;
    const [certFile, keyFile] = [
      join(this.folder, `${stem}.crt`),
      join(this.folder, `${stem}.key`),
    ];
    this.#key(`${stem}.key`);
    const request = ['-subj', `/CN=${name}`, '-config', 'openssl.cnf', '-key', `${stem}.key`];
    this.#openssl('req', '-new', ...request, '-out', `${stem}.csr`);
    const extensions = `[leaf]\nbasicConstraints = CA:FALSE\nsubjectAltName = ${san}\n`;
    this.#sign(join(this.folder, `${stem}.csr`), certFile, extensions, 'leaf', options);
    writeFileSync(certFile, readFileSync(certFile, 'latin1') + this.#above);
    const read = (file: string) => readFileSync(file, 'latin1');
    return { certFile, keyFile, cert: read(certFile), key: read(keyFile) };
  }

  revoke({ certFile }: Pick<IssuedCertificate, 'certFile'>): void {
    this.#openssl('ca', ...OWN, '-revoke', certFile);
  }

  /** The list of what was revoked, PEM. */
  list(from = new Date(), until = new Date(Date.now() + 30 * DAY_MS)): string {
    const times = ['-crl_lastupdate', asn1Time(from), '-crl_nextupdate', asn1Time(until)];
    this.#openssl('ca', ...OWN, '-gencrl', ...times, '-out', 'list.pem');
    return readFileSync(join(this.folder, 'list.pem'), 'latin1');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #sign(
    csr: string,
    out: string,
    extensions: string,
    section: string,
    {
      from = new Date(Date.now() - DAY_MS),
      until = new Date(Date.now() + 365 * DAY_MS),
    }: IssueOptions,
  ): void {
    this.#write('extensions.cnf', extensions);
    const times = ['-startdate', asn1Time(from), '-enddate', asn1Time(until)];
    const what = ['-extfile', 'extensions.cnf', '-extensions', section, '-in', csr, '-out', out];
    this.#openssl('ca', ...OWN, ...times, '-notext', '-batch', ...what);
  }

  #key(file: string): void {
    this.#openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file);
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', [...args], { cwd: this.folder, stdio: 'pipe' });
  }
}

const OWN = ['-config', 'openssl.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key'];

/** GeneralizedTime, in whole seconds. */
function asn1Time(date: Date): string {
  return `${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
}
