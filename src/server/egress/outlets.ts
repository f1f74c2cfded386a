import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Side } from '../../access/caller.ts';
import type { Egress } from '../../egress/egress.ts';
import type { FlowAbout } from '../../egress/record.ts';
import type { Asked } from '../identify.ts';
import { Proxies } from '../proxies.ts';
import { countBody } from './response-body.ts';
import { NO_OUTLET, type Outlet, SocketOutlet } from './socket-outlet.ts';

/** Whatever is told of a flow, besides the listener that it leaves by. */
export type Told = Omit<FlowAbout, 'side' | 'via' | 'channel' | 'path'>;

/** To whom it leaves. */
export function toCaller({ user, controlRoom, address }: Caller): Told {
  return {
    user,
    ...(controlRoom === undefined ? {} : { controlRoom }),
    ...(address === undefined ? {} : { address }),
  };
}

/**
 * The ways out of one listener. Every answer and every WebSocket passes here on its way to the socket, and
 * is counted when it carries media, by what it is and not by who made it: what nobody has said anything of
 * is counted too, as media of nobody.
 */
export class Outlets {
  readonly #egress: Egress | undefined;
  readonly #side: Side;
  readonly #proxies: Pick<Proxies, 'clientOf'>;
  readonly #answers = new WeakMap<ServerResponse, Pick<FlowAbout, 'via'> & Told>();

  /** @param egress undefined for a listener of which nothing is counted. */
  constructor(egress: Egress | undefined, side: Side, proxies = new Proxies()) {
    this.#egress = egress;
    this.#side = side;
    this.#proxies = proxies;
  }

  /** Before anybody handles the request. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const egress = this.#egress;
    // A HEAD has no body, whatever is handed over as one.
    if (!egress || request.method === 'HEAD') return;
    countBody(response, () => {
      const told = this.#answers.get(response);
      if (told) return egress.open({ side: this.#side, ...told });
      const [path = ''] = (request.url ?? '').slice(0, 500).split('?', 1);
      const address = this.#proxies.clientOf(request);
      return egress.open({ side: this.#side, via: 'http', address, path });
    });
  }

  /** What an answer is, before its first byte. */
  tell(response: ServerResponse, via: 'live.mp4' | 'snapshot' | 'picture', told: Told): void {
    this.#answers.set(response, { via, ...told });
  }

  /** A WebSocket, after its handshake. @param headerLength of its binary messages. */
  socket(request: Asked, via: 'live' | 'live.ws', headerLength: number): Outlet {
    const egress = this.#egress;
    if (!egress) return NO_OUTLET;
    const about = { side: this.#side, via, address: this.#proxies.clientOf(request) };
    return new SocketOutlet({ egress, socket: request.socket, about, headerLength });
  }
}
