/** What came to one viewer of one camera, in the order in which it came; no times. */
export type Sight =
  /** The answer: there will be pictures (`watching`, an upgrade, 200). */
  | { readonly saw: 'accepted' }
  /** The answer: it does not exist (`not-shared`, 404). */
  | { readonly saw: 'refused' }
  /** Init segments and pictures, without what the socket adds. */
  | { readonly saw: 'bytes'; readonly bytes: number; readonly keyFrame?: string | undefined }
  /** Cameras that the socket told of: by the incident, or on its screen. */
  | { readonly saw: 'cameras'; readonly incident: string; readonly cameras: readonly string[] }
  | { readonly saw: 'ended'; readonly code: string }
  /** The viewer said that it wants no more; what was on its way may still come, up to the next fence. */
  | { readonly saw: 'left' }
  /**
   * An answer of the connection to a question that was put when the journal was at `from`: whatever
   * comes next left the gateway after that entry. The journal was at `to` when the answer came.
   */
  | { readonly saw: 'fence'; readonly from: number; readonly to: number }
  | { readonly saw: 'closed' };

export interface Seen {
  readonly via: 'live' | 'live.ws' | 'live.mp4';
  readonly user: string;
  readonly controlRoom: string;
  readonly incident: string;
  readonly camera: string;
  /** The newest entry of the journal when it was asked for. */
  readonly askedAt: number;
  /** The same when the answer came. */
  answeredAt?: number;
  /** The gateway was killed while this was open. */
  torn?: boolean;
  readonly sights: Sight[];
}

/** What one control room was told of incidents over one socket, with the fences between. */
export interface Told {
  readonly user: string;
  readonly controlRoom: string;
  /** The newest entry of the journal when it connected. */
  readonly askedAt: number;
  readonly sights: Sight[];
}

export function hasSeen(seen: Seen, ...kinds: Sight['saw'][]): boolean {
  return seen.sights.some(({ saw }) => kinds.includes(saw));
}

export function bytesOf({ sights }: Seen): number {
  return sights.reduce((sum, each) => sum + (each.saw === 'bytes' ? each.bytes : 0), 0);
}
