import { isIPv6 } from 'node:net';
import { withoutUrlSecrets } from '../../core/secret.ts';

export interface Rewritten {
  readonly uri: string;
  /** As the camera gave it, when its host was another. */
  readonly advertised?: string;
}

const MAX_LENGTH = 1_024;

/**
 * The address of a stream or picture with its host replaced by the one at which the camera is
 * reached: behind NAT, or with several networks, cameras give out addresses that lead elsewhere.
 * The port and the rest stay to the letter. Undefined when it is no address with such a scheme.
 *
 *   rtsp://user:password@10.0.0.5:554/ch1?x=1  →  rtsp://192.0.2.7:554/ch1?x=1
 */
export function rewriteHost(
  text: string | undefined,
  schemes: readonly string[],
  host: string,
): Rewritten | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(text?.trim() ?? '');
  const [whole = '', scheme = '', authority = '', rest = ''] = match ?? [];
  if (!schemes.includes(scheme.toLowerCase()) || whole.length > MAX_LENGTH) return undefined;
  if (/[\s\p{Cc}]/u.test(whole)) return undefined;
  const own = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /:\d{1,5}$/.exec(own)?.[0] ?? '';
  const name = port ? own.slice(0, -port.length) : own;
  const wanted = isIPv6(host) ? `[${host}]` : host;
  const uri = `${scheme.toLowerCase()}://${wanted}${port}${rest}`;
  if (!URL.canParse(uri)) return undefined;
  return name.toLowerCase() === wanted.toLowerCase()
    ? { uri }
    : { uri, advertised: withoutUrlSecrets(whole) };
}
