/** What a parser is given: the pieces of a stream as they arrive, packets, or one whole message. */
export type Input = readonly Buffer[];

/** One parser, what it is known to read, and how much it may give and keep. */
export interface Target {
  readonly name: string;
  /** Inputs that are right, or nearly: what mutations begin with. */
  readonly seeds: readonly Input[];
  /** Words of the format, to be put in anywhere. */
  readonly tokens: readonly Buffer[];
  /**
   * `stream`: the pieces are cuts of one stream of bytes, and what is read does not depend on them.
   * `packets`: each piece is something by itself. `whole`: there is one.
   */
  readonly shape: 'stream' | 'packets' | 'whole';
  /**
   * Reads the pieces one after the other and emits all that it makes of them. Takes each piece when
   * the one before has been read, and keeps no list of them: what it holds is measured in between.
   */
  run(pieces: Iterable<Buffer>, emit: (item: unknown) => void): void;
  /** What may be thrown, next to LiveViewError. */
  readonly throws?: new (
    ...args: never[]
  ) => Error;
  /** Weight (weight.ts) that may be emitted for each byte of input; a constant comes on top. */
  readonly growth: number;
  /** Processor time that one input may take; `MAX_CPU_MS` unless said. */
  readonly maxCpuMs?: number;
  /** Bytes that may be held between two pieces, as the parser documents; absent where nothing is. */
  readonly holdsBytes?: number;
  /** The piece as it comes the next time, when a repetition would not be read. */
  again?(piece: Buffer, round: number): Buffer;
}

/** For targets whose emissions show that they broke a promise of their own. */
export function mustHold(condition: boolean, promise: string): void {
  if (!condition) throw new BrokenPromise(promise);
}

/** Never a LiveViewError: a target that throws it has a bug. */
export class BrokenPromise extends Error {}
