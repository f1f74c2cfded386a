/** Lets pictures pass from a key frame on, without those that need what came before it. */
export class KeyFrameGate {
  #open = false;
  /** The newest key frame is the one that opened it. */
  #fresh = false;

  get isOpen(): boolean {
    return this.#open;
  }

  /** Something is missing: nothing passes before the next key frame. */
  close(): void {
    this.#open = false;
  }

  /** Opens with a key frame; asked once for each picture, in decoding order. */
  passes({ keyFrame, leading }: { keyFrame: boolean; leading?: boolean | undefined }): boolean {
    if (keyFrame) {
      this.#fresh = !this.#open;
      this.#open = true;
    }
    return this.#open && !(this.#fresh && leading === true);
  }
}
