import { wireUrl } from './control-url.ts';
import { CameraError } from './errors.ts';

/** `rtsp://host[:port]/path`, or `rtsps://…` for TLS, in its parts. */
export interface StreamUrl {
  /** As it goes on the wire, without user information. */
  readonly text: string;
  /** Without brackets, also for IPv6. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** With the query. */
  readonly path: string;
}

/** RFC 2326 §3.2, and IANA's for rtsps. */
const DEFAULT_PORT = { rtsp: 554, rtsps: 322 } as const;

/** @throws CameraError `rtsp-url-invalid`, without the user information. */
export function parseStreamUrl(text: string): StreamUrl {
  const wire = wireUrl(text).replace(/^(\w+:\/\/)[^/?]*@/, '$1');
  const url = URL.canParse(wire) ? new URL(wire) : undefined;
  const scheme = url?.protocol.slice(0, -1);
  if (!url || (scheme !== 'rtsp' && scheme !== 'rtsps') || url.hostname === '') {
    throw new CameraError(
      'rtsp-url-invalid',
      'the stream address is not of the form rtsp://host[:port]/path or rtsps://host[:port]/path',
      { context: { url: wire } },
    );
  }
  return {
    text: wire,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORT[scheme]),
    tls: scheme === 'rtsps',
    path: `${url.pathname || '/'}${url.search}`,
  };
}
