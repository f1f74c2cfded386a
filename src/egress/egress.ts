import type { FlowAbout } from './record.ts';

/** What leaves to one viewer of one camera, or as one answer. */
export interface Flow {
  /** So many bytes of media are handed to the socket now. */
  add(bytes: number): void;
  /** Nothing more leaves. Harmless the second time. */
  end(): void;
}

/** Counts what leaves where it leaves, and knows nothing of why it may. */
export interface Egress {
  open(about: FlowAbout): Flow;
}
