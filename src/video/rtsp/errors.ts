/** What goes wrong between us and a camera, with a stable code and what to do about it. */
import { LiveViewError } from '../../core/errors.ts';

/**
 * Codes: `camera-unreachable`, `camera-closed`, `camera-timeout`, `camera-refused-credentials`,
 * `camera-authentication-unknown`, `camera-busy`, `stream-not-found`, `session-lost`,
 * `transport-refused`, `tunnel-refused`, `rtsp-refused`, `rtsp-redirect-loop`, `rtsp-redirect-refused`,
 * `rtsp-url-invalid`, `rtsp-malformed`, `no-udp-port`, `camera-tls-failed`,
 * `camera-certificate-untrusted`, `camera-certificate-changed`.
 */
export class CameraError extends LiveViewError {}

export function unreachable(host: string, port: number, cause: unknown): CameraError {
  return new CameraError(
    'camera-unreachable',
    `no connection to the camera at ${host} port ${port}; ` +
      'check the address, the RTSP port, the cable and the firewall',
    { cause, context: { host, port } },
  );
}

export function refusedCredentials(given: boolean): CameraError {
  return new CameraError(
    'camera-refused-credentials',
    given
      ? 'the camera refused the user name or password; check both, and that the user may see video'
      : 'the camera asks for a user name and password; configure them for this camera',
  );
}

/** The error that stands for a reply that is no success. */
export function refusal(method: string, status: number, reason: string): CameraError {
  const context = { method, status, reason };
  const [code, advice] = MEANINGS.get(status) ?? ['rtsp-refused', 'the camera cannot do this'];
  const said = `the camera answered ${method} with ${status} ${reason}`.trimEnd();
  return new CameraError(code, `${said}; ${advice}`, { context });
}

const BUSY = [
  'camera-busy',
  'it serves as many streams as it can: close other viewers or take a lighter profile',
] as const;

const MEANINGS = new Map<number, readonly [code: string, advice: string]>([
  [403, ['camera-refused-credentials', 'this user may not see this stream: give it the right']],
  [404, ['stream-not-found', 'there is no stream at this address: check the path or the profile']],
  [453, BUSY],
  [454, ['session-lost', 'it has forgotten the session: a new one is needed']],
  [461, ['transport-refused', 'it does not offer this transport: try the other one']],
  [500, BUSY],
  [503, BUSY],
]);
