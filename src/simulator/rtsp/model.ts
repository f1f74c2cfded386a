import type { Socket } from 'node:net';
import type { RtpFeed } from './rtp-feed.ts';
import type { Session } from './session.ts';

/** What stands behind a path. */
export interface Mount {
  readonly feed: RtpFeed;
  /** False: the camera is switched off. Whoever asks for it finds the line dead. */
  on: boolean;
}

/** A session and the connection that set it up, with which it ends. */
export interface OwnedSession {
  readonly session: Session;
  readonly socket: Socket;
}

export interface RtspServerLimits {
  /** What is announced; a client that says nothing for this long, and a grace of a fifth, is gone. */
  readonly sessionTimeoutS: number;
  readonly sessions: number;
  readonly connections: number;
  /** After this a client has to sign anew. */
  readonly nonceLifeMs: number;
  /** How long DESCRIBE waits for a stream to begin; how long a client does is its own affair. */
  readonly startMs: number;
}

export const LIMITS: RtspServerLimits = {
  sessionTimeoutS: 60,
  sessions: 512,
  connections: 1_024,
  nonceLifeMs: 600_000,
  startMs: 30_000,
};
