/** Plans, stills and other pictures: what is kept of them, and what is said of cameras on a plan. */

/** A picture of the gateway's own making, as it is kept and served. */
export interface PictureFacts {
  /** Of its bytes, in hexadecimal; under which it is kept. */
  readonly sha256: string;
  readonly type: 'png' | 'jpeg';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** What a picture was made of; that itself is not kept. */
export interface PictureSource {
  readonly type: 'png' | 'jpeg' | 'webp' | 'pdf';
  readonly bytes: number;
  readonly sha256: string;
  /** Of a PDF: which page of how many, from 1. */
  readonly page?: number;
  readonly pages?: number;
}

/** A picture that was made and is not yet kept. */
export interface MadePicture extends Omit<PictureFacts, 'bytes'> {
  readonly bytes: Buffer;
  readonly source: PictureSource;
}

/** Where a camera stands on a plan, and what it sees from there. */
export interface Placement {
  /** Fractions of the plan's width and height, from its upper left corner. */
  readonly x: number;
  readonly y: number;
  /** Degrees clockwise from the top of the plan; of a camera that `turns`, where pan is 0. */
  readonly heading: number;
  /** Degrees from edge to edge; of a camera that zooms, as wide as it goes. */
  readonly fieldOfView: number;
  /** How far it sees, as a fraction of the plan's width. */
  readonly range: number;
  /** Degrees clockwise for a pan of 1 (ONVIF's −1…1); absent for a camera whose heading is not followed. */
  readonly degreesPerPan?: number;
  /** The field of view at full zoom, degrees; absent for a camera whose zoom is not followed. */
  readonly fieldOfViewZoomed?: number;
}

export interface PlacedCamera extends Placement {
  readonly camera: string;
}

/** A plan of a site. */
export interface Plan {
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly picture: PictureFacts;
  /** `configured`: named in the configuration file, and changed there. */
  readonly origin: 'uploaded' | 'configured';
  readonly source: PictureSource;
  /** RFC 3339. */
  readonly addedAt: string;
  readonly addedBy: string;
  readonly cameras: readonly PlacedCamera[];
}

/** A picture that belongs to one incident: a still of a camera, or something that was uploaded. */
export interface IncidentImage {
  readonly id: string;
  readonly name: string;
  readonly picture: PictureFacts;
  /** The camera that it is a still of. */
  readonly camera?: string;
  readonly addedAt: string;
  readonly addedBy: string;
}

/** Pictures by the hash of their bytes. `keep` and `read` reject with a LiveViewError. */
export interface PictureStore {
  keep(sha256: string, bytes: Buffer): Promise<void>;
  read(sha256: string): Promise<Buffer>;
  forget(sha256: string): Promise<void>;
  /** Removes what a crash left and nothing refers to. */
  sweep(known: ReadonlySet<string>): Promise<void>;
}
