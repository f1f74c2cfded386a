import { isNoName } from '../core/networks.ts';
import { parseAddress } from './address.ts';
import { below, checkKnown, idsOf, list, type Part, part, type Report, text } from './parts.ts';

/** Roles that can be limited to sites; a test holds it equal to what `liveview user add` knows. */
const LIMITABLE = ['operator', 'supervisor'];

/** What is wrong between `access.openid` and the rest of the file. */
export function openIdProblems(config: Part | undefined, report: Report): void {
  const openid = part(part(config?.['access'])?.['openid']);
  if (!openid) return;
  checkRedirect(text(openid['redirectUrl']), part(config?.['centre']), report);
  const sites = idsOf(config?.['sites']);
  list(openid['roles']).forEach((item, index) => {
    const rule = part(item);
    const at = below(report, 'roles', index);
    checkKnown('site', sites, rule?.['sites'], below(at, 'sites'));
    const role = text(rule?.['role']);
    if (rule?.['sites'] !== undefined && role !== undefined && !LIMITABLE.includes(role)) {
      at(['sites'], `the role ${role} cannot be limited to sites; ${LIMITABLE.join(', ')} can`);
    }
  });
}

/** A browser that came back to somewhere else would bring its code there. */
function checkRedirect(url: string | undefined, centre: Part | undefined, report: Report): void {
  if (url === undefined || !URL.canParse(url)) return;
  const { origin, protocol, hostname, port } = new URL(url);
  if (list(centre?.['allowedOrigins']).includes(origin)) return;
  const isOfListener =
    centre?.['tls'] === undefined
      ? protocol === 'http:' && isNoName(hostname)
      : protocol === 'https:';
  const listen = parseAddress(text(centre?.['listen']) ?? '127.0.0.1:8080');
  const own = Number(port || (protocol === 'https:' ? 443 : 80));
  if (isOfListener && (listen === undefined || listen.port === own)) return;
  report(
    ['redirectUrl'],
    `this is not where the centre listens; if it is, by a name without TLS or by a proxy, add ${origin} to centre.allowedOrigins`,
  );
}
