import type { Clock } from '../core/clock.ts';
import { LiveViewError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { Permit, type PermitEnd } from '../core/permit.ts';
import { notShared } from './asking.ts';
import { isUnderWay } from './incident-machine.ts';
import { knownCamera } from './known-camera.ts';
import type { Directory } from './model.ts';
import type { Shares } from './shares.ts';
import type { State } from './state.ts';

const STOPPING: PermitEnd = { code: 'gateway-stopping', reason: 'the gateway is stopping' };
const GONE: PermitEnd = { code: 'camera-changed', reason: 'this camera is no longer there' };

/**
 * The only issuer of permits. A police permit asks at every check whether a grant covers it at that
 * moment, so that neither a missed call nor a step of the clock keeps it alive; `reconcile` only
 * sees to it that its listeners hear of the end in the same tick.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #shares: Shares;
  readonly #state: State;
  readonly #directory: Directory;
  readonly #log: Logger;
  readonly #permits = new Set<IssuedPermit>();
  #stopping: PermitEnd | undefined;

  constructor(options: {
    clock: Clock;
    shares: Shares;
    state: State;
    directory: Directory;
    log: Logger;
  }) {
    this.#clock = options.clock;
    this.#shares = options.shares;
    this.#state = options.state;
    this.#directory = options.directory;
    this.#log = options.log;
  }

  /** @throws LiveViewError `not-shared`, whatever the reason: existence is not disclosed. */
  permit(controlRoom: string, incident: string, camera: string): Permit {
    if (this.#objection(controlRoom, incident, camera)) throw notShared();
    const objection = () => this.#objection(controlRoom, incident, camera);
    return this.#issue(camera, { incident, controlRoom }, objection);
  }

  /**
   * For whoever works at the centre.
   *
   * @param seesSite asked at every check: a camera may come to stand at a site that is not the viewer's.
   * @throws LiveViewError `unknown-camera`
   */
  centrePermit(camera: string, seesSite: (site: string) => boolean = () => true): Permit {
    knownCamera(this.#directory, camera);
    if (this.#stopping) throw new LiveViewError(STOPPING.code, STOPPING.reason);
    const isSeen = () => {
      const site = this.#directory.cameras.get(camera)?.site;
      return site !== undefined && seesSite(site);
    };
    const objection = () => this.#stopping ?? (isSeen() ? undefined : GONE);
    return this.#issue(camera, undefined, objection);
  }

  /** Ends every permit that no grant covers now. */
  reconcile(): void {
    for (const permit of this.#permits) this.#guarded(() => void permit.ended);
  }

  /** Ends everything; no permit is issued afterwards. */
  stop(): void {
    this.#stopping = STOPPING;
    this.reconcile();
  }

  #issue(camera: string, share: Share | undefined, objection: () => PermitEnd | undefined): Permit {
    const permit = new IssuedPermit(this.#clock, camera, share, objection);
    this.#permits.add(permit);
    permit.onEnd(() => this.#permits.delete(permit));
    return permit;
  }

  #objection(controlRoom: string, incidentId: string, camera: string): PermitEnd | undefined {
    if (this.#stopping) return this.#stopping;
    const incident = this.#state.incidents.get(incidentId);
    if (!incident || !isUnderWay(incident)) {
      return { code: 'incident-closed', reason: 'the incident was closed' };
    }
    const grant = incident.grants.find((each) => each.controlRoom === controlRoom);
    if (grant && this.#shares.isExpired(grant)) {
      return { code: 'grant-expired', reason: 'the time of this share has run out' };
    }
    if (grant && this.#shares.covers(incident, grant, camera)) return undefined;
    return { code: 'grant-withdrawn', reason: 'this camera is no longer shared' };
  }

  /** One listener that fails must not keep the permits after it alive. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error('a listener failed when its permit ended', { error });
    }
  }
}

interface Share {
  readonly incident: string;
  readonly controlRoom: string;
}

/** Its expiry is that of the grant as it is now, which may be renewed; hence none of its own. */
class IssuedPermit extends Permit {
  readonly share: Share | undefined;
  readonly #objection: () => PermitEnd | undefined;

  constructor(
    clock: Clock,
    camera: string,
    share: Share | undefined,
    objection: () => PermitEnd | undefined,
  ) {
    super(clock, camera);
    this.share = share;
    this.#objection = objection;
  }

  override get ended(): PermitEnd | undefined {
    const ended = super.ended;
    if (ended) return ended;
    const objection = this.#objection();
    if (objection) this.end(objection);
    return super.ended;
  }
}
