import type { Egress } from '../../../src/egress/egress.ts';
import type { FlowAbout } from '../../../src/egress/record.ts';

export interface Counted {
  readonly about: FlowAbout;
  bytes: number;
  ended: boolean;
}

/** Keeps what is counted where a test can look at it. */
export class CountedEgress implements Egress {
  readonly flows: Counted[] = [];

  open(about: FlowAbout) {
    const flow: Counted = { about, bytes: 0, ended: false };
    this.flows.push(flow);
    return {
      add: (bytes: number) => {
        flow.bytes += bytes;
      },
      end: () => {
        flow.ended = true;
      },
    };
  }
}
