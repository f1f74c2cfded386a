import { CameraError } from './errors.ts';
import { parseStreamUrl, type StreamUrl } from './stream-url.ts';

/**
 * Where a camera sends us instead (RFC 2326 §11.3): another port or path of the same host, or TLS there. What
 * leads elsewhere is not followed, for a camera would choose whom the gateway connects to.
 *
 * @param from what was asked.
 * @param location as the camera gave it; it may be relative.
 * @returns with the host as it is configured, however the camera spells it.
 * @throws CameraError `rtsp-redirect-refused`, `rtsp-url-invalid`
 */
export function redirected(from: StreamUrl, location: string): StreamUrl {
  const { text } = from;
  const to = parseStreamUrl(URL.canParse(location, text) ? new URL(location, text).href : location);
  if (spelledAlike(to.host) !== spelledAlike(from.host)) throw leadsElsewhere(from, to);
  if (from.tls && !to.tls) throw leadsOutOfTls();
  return { ...to, host: from.host };
}

/** No look-up and no other notation of an address: what is not surely the same is another host. */
function spelledAlike(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function leadsElsewhere({ host }: StreamUrl, to: StreamUrl): CameraError {
  const away = to.host.slice(0, MAX_HOST_CHARS);
  const bracketed = away.includes(':') ? `[${away}]` : away;
  return new CameraError(
    'rtsp-redirect-refused',
    `the camera at ${host} redirects to another host, and a camera does not choose where the gateway ` +
      `connects to; configure ${to.tls ? 'rtsps' : 'rtsp'}://${bracketed}:${to.port} as its address when its pictures are there`,
    { context: { host, redirectedTo: away, port: to.port } },
  );
}

/** RFC 1035 §2.3.4, and no more of what a camera says goes into a log. */
const MAX_HOST_CHARS = 253;

function leadsOutOfTls(): CameraError {
  return new CameraError(
    'rtsp-redirect-refused',
    'the camera redirects from rtsps:// to rtsp://, where others can watch along; ' +
      'configure the rtsp:// address when that is meant',
  );
}
