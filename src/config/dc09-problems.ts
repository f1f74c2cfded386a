import { isLoopback, parseAddress } from './address.ts';
import { below, checkKnown, idsOf, type Part, part, type Report, repeated, text } from './parts.ts';
import { checkClientCert } from './tls-problems.ts';

/** What is wrong between the parts of `alarms.dc09`, and with the rest of the file. */
export function dc09Problems(
  dc09: Part | undefined,
  config: Part | undefined,
  report: Report,
): void {
  if (!dc09) return;
  checkListeners(dc09, report);
  const accounts = Object.entries(part(dc09['accounts']) ?? {});
  const numbers = accounts.map(([number]) => number.toUpperCase());
  for (const index of repeated(numbers)) {
    report(['accounts', accounts[index]?.[0] ?? ''], `${numbers[index]} is there twice`);
  }
  const world = { sites: idsOf(config?.['sites']), cameras: idsOf(config?.['cameras']) };
  for (const [number, written] of accounts) {
    const account = part(written) ?? { site: written };
    checkAccount(account, world, below(report, 'accounts', number));
    if (!isProtected(dc09, account)) {
      report(
        ['accounts', number],
        `add key: { file: … }, as whoever reaches ${openAddress(dc09)} could raise this panel's alarms; or write insecure: true in alarms.dc09 if that is really meant`,
      );
    }
  }
}

function checkListeners(dc09: Part, report: Report): void {
  const tls = part(dc09['tls']);
  const listen = text(dc09['listen']);
  const transport = text(dc09['transport']);
  if (listen === undefined && text(tls?.['listen']) === undefined) {
    report([], 'say where panels report: listen: "127.0.0.1:10500"');
  }
  const isTlsAlone = tls !== undefined && tls['listen'] === undefined;
  if (isTlsAlone && (transport === 'udp' || transport === 'both')) {
    report(
      ['transport'],
      'there is no TLS over UDP; give tls an address of its own (tls.listen), or leave transport out',
    );
  }
  checkClientCert(tls, below(report, 'tls'));
}

interface World {
  readonly sites: readonly string[];
  readonly cameras: readonly string[];
}

function checkAccount(account: Part, { sites, cameras }: World, report: Report): void {
  const site = text(account['site']);
  if (site !== undefined && !sites.includes(site)) report([], `there is no site ${site}`);
  checkKnown('camera', cameras, account['cameras'], below(report, 'cameras'));
  for (const [number, zone] of Object.entries(part(account['zones']) ?? {})) {
    const at = below(report, 'zones', number, 'cameras');
    checkKnown('camera', cameras, part(zone)?.['cameras'], at);
  }
}

/** Something besides the account number says that it is this panel, or nobody else can reach us. */
function isProtected(dc09: Part, account: Part): boolean {
  if (dc09['insecure'] === true) return true;
  if (account['key'] !== undefined && account['unencrypted'] !== true) return true;
  return openAddress(dc09) === undefined;
}

/** Where others than this machine may report without proving who they are. */
function openAddress(dc09: Part): string | undefined {
  const tls = part(dc09['tls']);
  const tlsAddress = tls && (text(tls['listen']) ?? text(dc09['listen']));
  const plain = tls && tls['listen'] === undefined ? undefined : text(dc09['listen']);
  const proven = tls?.['clientCert'] === 'required';
  return [plain, proven ? undefined : tlsAddress].find((address) => {
    const host = address === undefined ? undefined : parseAddress(address)?.host;
    return host !== undefined && !isLoopback(host);
  });
}
