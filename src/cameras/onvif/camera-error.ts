import { LiveViewError } from '../../core/errors.ts';

export type CameraErrorCode =
  | 'camera-unreachable'
  | 'camera-refused-credentials'
  | 'camera-fault'
  | 'not-supported'
  | 'timeout';

/** Whatever a call to a camera can end with, but for `aborted`. */
export class CameraError extends LiveViewError {
  override readonly code: CameraErrorCode;

  constructor(
    code: CameraErrorCode,
    message: string,
    options: { cause?: unknown; context?: Record<string, unknown> } = {},
  ) {
    super(code, message, options);
    this.code = code;
  }
}
