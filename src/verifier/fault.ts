/** What ends the verification: the entry that is named, 0 for the whole, and why. */
export class Fault extends Error {
  readonly seq: number;

  constructor(seq: number, reason: string) {
    super(reason);
    this.seq = seq;
  }
}
