/** What an ONVIF device says about itself, as plain data; it crosses the worker's boundary. */

export interface Identity {
  readonly manufacturer: string;
  readonly model: string;
  /** Text, as the camera wrote it: "1.10" is not 1.1. */
  readonly firmware: string;
  readonly serialNumber: string;
  readonly hardwareId: string;
}

export type StreamRole = 'main' | 'sub' | 'other';

export interface Stream {
  /** Token of the media profile. */
  readonly profile: string;
  /** `main` and `sub` occur at most once each. */
  readonly role: StreamRole;
  /** Token of the video source; a recorder has one for each channel. */
  readonly source?: string;
  /** Token of its configuration, by which analytics name it. */
  readonly sourceConfiguration?: string;
  /** Without user information; its host is the configured one. */
  readonly uri: string;
  /** The address as the camera gave it, when its host was replaced. */
  readonly advertisedUri?: string;
  readonly width: number;
  readonly height: number;
  /** `H264`, `H265`, `JPEG`, … */
  readonly encoding: string;
  readonly fps?: number;
  readonly kbps?: number;
}
