import type { Caller } from '../../access/caller.ts';
import type { ReasonCode } from '../../liveview/reasons.ts';
import type { ListenerDeps } from '../deps.ts';
import type { ControlMessage } from '../protocol.ts';
import type { Sight } from '../sight.ts';
import { type ControlView, controlView } from '../views.ts';

export interface ControlFeedOptions {
  readonly deps: ListenerDeps;
  readonly caller: Caller;
  readonly sight: Sight;
  readonly send: (message: ControlMessage) => void;
}

/**
 * What one socket knows of who has which camera: of every camera that is seen at the centre, of those that are shared
 * with it for a control room, which learns no more than whether it is itself, the centre or somebody else.
 */
export class ControlFeed {
  readonly #options: ControlFeedOptions;
  /** By camera: what was sent last; nothing while it is free, or not to be known. */
  readonly #sent = new Map<string, string>();
  /** Cameras that this caller has, as far as was sent. */
  readonly #own = new Set<string>();

  constructor(options: ControlFeedOptions) {
    this.#options = options;
  }

  /** Tells of what is visible now, as far as it was not told. */
  refresh(): void {
    const { liveview } = this.#options.deps;
    for (const camera of new Set([...liveview.hands.touched(), ...this.#sent.keys()])) {
      this.changed(camera);
    }
  }

  /** @param why nobody has it any more: for whoever had it. */
  changed(camera: string, why?: ReasonCode): void {
    const { deps, caller, send } = this.#options;
    const now = this.#isVisible(camera) ? controlView(deps, camera, caller) : UNKNOWN;
    // Every use moves these on; they are as of the moment of telling.
    const holder = now.holder && { ...now.holder, lastUsed: undefined, until: undefined };
    const text = JSON.stringify({ ...now, holder });
    if (text === (this.#sent.get(camera) ?? NOTHING)) return;
    if (text === NOTHING) this.#sent.delete(camera);
    else this.#sent.set(camera, text);
    const lost = this.#own.has(camera) && !now.holder && why !== undefined ? { why } : {};
    if (now.holder?.who === 'you') this.#own.add(camera);
    else this.#own.delete(camera);
    send({ type: 'control', camera, ...now, ...lost });
  }

  #isVisible(camera: string): boolean {
    const { deps, caller, sight } = this.#options;
    if (caller.side === 'centre') {
      return deps.directory.cameras.has(camera) && sight.seesCamera(camera);
    }
    return sight.incidents().some(({ cameras }) => cameras.includes(camera));
  }
}

/** What is told of a camera of which the caller may not know anything any more. */
const UNKNOWN: ControlView = { holder: null };
const NOTHING = JSON.stringify(UNKNOWN);
