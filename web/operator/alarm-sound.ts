const REMEMBERED = 'liveview.sound';
/** Two tones, the second higher for what is urgent; seconds. */
const TONE_S = 0.18;
const GAP_S = 0.04;

/**
 * Says by ear that an alarm came in. Browsers let a page make no sound before somebody has clicked or
 * typed in it; until then it is silent, and the list alone says it.
 */
export class AlarmSound {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;
  #context: AudioContext | undefined;
  #on: boolean;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    this.#on = storage.getItem(REMEMBERED) !== 'off';
  }

  get isOn(): boolean {
    return this.#on;
  }

  turn(on: boolean): void {
    this.#on = on;
    this.#storage.setItem(REMEMBERED, on ? 'on' : 'off');
    if (on) this.play(false);
  }

  /** Browsers give a page few of them. */
  close(): void {
    void this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }

  play(urgent: boolean): void {
    if (!this.#on || !navigator.userActivation.hasBeenActive) return;
    this.#context ??= new AudioContext();
    const tones = urgent ? [660, 990, 660, 990] : [440, 550];
    tones.forEach((hertz, index) => {
      this.#tone(hertz, index * (TONE_S + GAP_S));
    });
  }

  #tone(hertz: number, afterS: number): void {
    const context = this.#context;
    if (!context) return;
    const at = context.currentTime + afterS;
    const volume = new GainNode(context, { gain: 0.15 });
    const tone = new OscillatorNode(context, { frequency: hertz, type: 'triangle' });
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
}
