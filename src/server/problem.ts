import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import type { Side } from '../access/caller.ts';
import { TooOftenError } from '../access/too-often.ts';
import { LiveViewError } from '../core/errors.ts';
import { shortened } from '../core/printable.ts';
import { textForRooms } from '../liveview/reasons.ts';

/** What a caller is told of a failure: RFC 9457, with a stable `code`. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Which fields were not as they should be. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** What is wrong may quote what was sent. */
const [MAX_FIELD, MAX_MESSAGE] = [100, 200];

/** The input is not what the schema says. */
export class InvalidInputError extends LiveViewError {
  readonly errors: readonly { readonly field: string; readonly message: string }[];

  constructor(where: string, cause: z.ZodError) {
    const errors = cause.issues.slice(0, 20).map(({ path, message }) => ({
      field: shortened(path.join('.'), MAX_FIELD),
      message: shortened(message, MAX_MESSAGE),
    }));
    const first = errors[0];
    const at = first?.field ? `${first.field}: ` : '';
    super('invalid-request', `${where}: ${at}${first?.message ?? 'not understood'}`);
    this.errors = errors;
  }
}

/** The status of each code that callers may see; docs/reference/api.md lists the same. */
export const STATUS: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'invalid-json': 400,
  'logout-token-refused': 400,
  unauthenticated: 401,
  'session-ended': 401,
  'login-failed': 401,
  'second-factor-needed': 401,
  'second-factor-wrong': 401,
  'second-factor-missing': 401,
  'local-login-off': 401,
  'openid-expired': 401,
  'openid-denied': 401,
  'openid-failed': 401,
  'openid-no-role': 401,
  'openid-second-factor': 401,
  'not-allowed': 403,
  'site-not-allowed': 403,
  'origin-not-allowed': 403,
  'not-found': 404,
  'not-shared': 404,
  'unknown-site': 404,
  'unknown-camera': 404,
  'unknown-incident': 404,
  'unknown-alarm': 404,
  'unknown-control-room': 404,
  'unknown-request': 404,
  'unknown-colleague': 404,
  'unknown-step': 404,
  'unknown-script': 404,
  'unknown-plan': 404,
  'unknown-image': 404,
  'unknown-output': 404,
  'image-missing': 404,
  'no-snapshot': 404,
  'grant-expired': 404,
  'grant-withdrawn': 404,
  'request-timeout': 408,
  'incident-closed': 409,
  'incident-requested': 409,
  'already-shared': 409,
  'already-asked': 409,
  'offer-ended': 409,
  'handover-ended': 409,
  'not-offered-to-you': 409,
  'not-responsible': 409,
  'share-beyond-sites': 409,
  'steps-open': 409,
  'request-decided': 409,
  'alarm-ended': 409,
  'alarm-verified': 409,
  'alarm-taken': 409,
  'alarm-linked': 409,
  'not-looking': 409,
  'control-taken': 409,
  'demonstration-running': 409,
  'channel-in-use': 409,
  'duplicate-id': 409,
  'plan-configured': 409,
  'incident-removed': 410,
  'body-too-large': 413,
  'image-too-large': 413,
  'unsupported-media-type': 415,
  'unsupported-image': 415,
  'expectation-failed': 417,
  'camera-not-at-site': 422,
  'camera-never-shared': 422,
  'camera-outside-hours': 422,
  'camera-not-for-type': 422,
  'cannot-do': 422,
  'image-damaged': 422,
  'image-too-complex': 422,
  'pdf-password': 422,
  'too-many-pages': 422,
  'choose-page': 422,
  'no-such-page': 422,
  'too-many-plans': 422,
  'too-many-images': 422,
  'source-not-configured': 422,
  'openid-not-configured': 422,
  'unknown-type': 422,
  'report-name-taken': 422,
  'format-not-supported': 422,
  'unknown-quality': 422,
  'upgrade-required': 426,
  'login-too-often': 429,
  'too-many-channels': 429,
  'too-many-followed': 429,
  'too-many-requests': 429,
  'too-many-uploads': 429,
  'headers-too-large': 431,
  'journal-unwritable': 503,
  'openid-unreachable': 503,
  'state-file-busy': 503,
  'state-file-unwritable': 503,
  'images-unwritable': 503,
  'camera-unreachable': 503,
  'camera-refused-credentials': 503,
  'camera-fault': 503,
  'no-stream': 503,
  'not-supported': 422,
  'too-many-viewers': 503,
  'too-many-encoders': 503,
  'quality-not-available': 503,
  'codec-not-available': 503,
  'gateway-stopping': 503,
  'no-picture': 504,
  timeout: 504,
};

/** The one answer of the police side about anything that is not shared, existing or not. */
export const NOT_SHARED = new LiveViewError(
  'not-shared',
  'this does not exist or is not shared with your control room',
);

/**
 * What `thrown` becomes for a caller on this side. A code that is not known here is a defect of ours
 * or of a camera: its text stays in the log. On the police side whatever would be 404 is the same
 * answer, and so is 403; a right that a visible share lacks is a conflict with the share's terms. What
 * a camera or another hand is to blame for is told there without names and addresses.
 */
export function problemOf(thrown: unknown, side: Side): Problem {
  if (!(thrown instanceof LiveViewError) || STATUS[thrown.code] === undefined) {
    return problem(500, 'internal-error', 'something went wrong in the gateway; its log says what');
  }
  const { code, message } = thrown;
  const status = STATUS[code] ?? 500;
  if (side === 'police') {
    if (status === 404 && code !== 'not-found' && code !== 'no-snapshot') return hidden();
    if (code === 'incident-closed') return hidden();
    if (code === 'not-allowed') return problem(409, code, message);
  }
  const errors = thrown instanceof InvalidInputError ? { errors: thrown.errors } : {};
  const detail = side === 'police' ? (textForRooms(code) ?? message) : message;
  return { ...problem(status, code, detail), ...errors };
}

/** Seconds for Retry-After, where there is something to wait for. */
export function retryAfterOf(thrown: unknown): number | undefined {
  return thrown instanceof TooOftenError ? Math.ceil(thrown.retryAfterMs / 1000) : undefined;
}

function hidden(): Problem {
  return problem(404, NOT_SHARED.code, NOT_SHARED.message);
}

function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail };
}
