import { systemClock } from '../core/clock.ts';
import type { Authority, AuthorityFacts } from '../pki/authority.ts';
import type { Issued, Register } from '../pki/register.ts';
import type { CliContext } from './context.ts';
import { printJson, printLine, printTable } from './output.ts';

/** Of a revocation list: time left in which it is said that a new one is needed soon. */
const SOON_MS = 7 * 24 * 3_600_000;

export function printAuthority(
  context: CliContext,
  { folder }: Authority,
  facts: AuthorityFacts,
  isJson = false,
): void {
  const { certificate, key, list } = folder;
  if (isJson) {
    printJson(context, { ...facts, certificate, key, crl: list });
    return;
  }
  printLine(context, `made ${facts.name}: ${certificate}, until ${facts.notAfter}`);
  printLine(context, `SHA-256 ${facts.fingerprint}`);
  context.stderr.write(
    `whoever has ${key} can let anybody in: leave it where it is, and give others ${certificate} alone\n`,
  );
}

export function printIssued(
  context: CliContext,
  authority: Authority,
  issued: Issued,
  isJson = false,
): void {
  const certificate = authority.pathOf(issued.file);
  const key = certificate.replace(/\.crt$/, '.key');
  if (isJson) {
    printJson(context, { ...issued, ...{ certificate, key } });
    return;
  }
  printLine(context, `made ${whoseIs(issued)}: ${certificate}, until ${issued.notAfter}`);
  printLine(context, `serial ${issued.serial}`);
  printLine(context, `SHA-256 ${issued.fingerprint}`);
  if (issued.kind === 'server') {
    context.stderr.write('for the configuration, under police (or centre):\n');
    printLine(context, `tls: ${tlsSetting(authority, { certificate, key })}`);
    return;
  }
  context.stderr.write('for the configuration, at its control room:\n');
  printLine(context, `certificates: ${roomSetting(issued)}`);
  const bundle = certificate.replace(/\.crt$/, '.p12');
  context.stderr.write(
    `for a browser, which takes both in one file: openssl pkcs12 -export -in ${certificate} -inkey ${key} -out ${bundle}\n`,
  );
}

function whoseIs({ kind, name, hosts }: Issued): string {
  const reached = hosts.join(', ');
  if (kind === 'server') return reached;
  return hosts.length > 0 ? `${name} (${reached})` : name;
}

/** By its names, which a renewed one has too; else this one alone. */
function roomSetting({ hosts, fingerprint }: Issued): string {
  const byName = hosts.map((name) => `{ name: ${JSON.stringify(name)} }`);
  return `[${byName.length > 0 ? byName.join(', ') : `{ fingerprint: "${fingerprint}" }`}]`;
}

/** JSON is YAML, whatever is in a path. */
function tlsSetting({ folder }: Authority, of: { certificate: string; key: string }): string {
  const cert = JSON.stringify(of.certificate);
  const key = JSON.stringify(of.key);
  const clientCa = JSON.stringify(folder.certificate);
  const clientCrl = JSON.stringify([folder.list]);
  return `{ cert: ${cert}, key: ${key}, clientCa: ${clientCa}, clientCrl: ${clientCrl}, clientCert: required }`;
}

export function printRevoked(
  context: CliContext,
  { folder }: Authority,
  revoked: Issued,
  isJson = false,
): void {
  if (isJson) printJson(context, { ...revoked, crl: folder.list });
  else {
    const { serial, name, revokedAt } = revoked;
    printLine(context, `revoked ${serial} (${name}) since ${revokedAt}: ${folder.list}`);
  }
}

export function printList(
  context: CliContext,
  { folder }: Authority,
  { number, nextUpdate }: Register['list'],
  isJson = false,
): void {
  if (isJson) printJson(context, { number, nextUpdate, crl: folder.list });
  else printLine(context, `revocation list ${number}: ${folder.list}, until ${nextUpdate}`);
}

export function printRegister(context: CliContext, authority: Authority, isJson = false): void {
  const { authority: facts, list, issued } = authority.read();
  const certificates = issued.map((each) => ({ ...each, state: authority.stateOf(each) }));
  const { number, nextUpdate } = list;
  if (isJson) {
    printJson(context, { authority: facts, crl: { number, nextUpdate }, certificates });
    return;
  }
  const rows = certificates.map((each) => [
    each.serial,
    each.kind,
    whoseIs(each),
    each.file,
    each.notAfter,
    each.state === 'revoked' ? `revoked ${each.revokedAt}` : each.state,
  ]);
  printTable(context, ['SERIAL', 'KIND', 'FOR', 'FILE', 'UNTIL', 'STATE'], rows);
  context.stderr.write(
    `${facts.name} holds until ${facts.notAfter}, its revocation list ${number} until ${nextUpdate}${remark(nextUpdate)}\n`,
  );
}

/** Those who look at a list that has ended let nobody in. */
function remark(nextUpdate: string): string {
  const leftMs = Date.parse(nextUpdate) - systemClock.unixUs() / 1000;
  if (leftMs > SOON_MS) return '';
  return `${leftMs > 0 ? '' : ' (over)'}; make it anew: liveview cert crl`;
}
