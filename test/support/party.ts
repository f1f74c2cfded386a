import { expect } from '@jest/globals';
import type { LiveRequest, RequestState } from '../../src/liveview/model.ts';
import {
  BINARY_HEADER_LENGTH,
  type ClientMessage,
  type ServerMessage,
} from '../../src/server/protocol.ts';
import type { ApiCaller } from './api-caller.ts';
import { judgeMp4 } from './ffprobe.ts';
import { LivePeer } from './live-peer.ts';
import { until } from './until.ts';

type Wish = Omit<Extract<ClientMessage, { type: 'request' }>, 'type' | 'id' | 'incident'>;

/** Somebody who works on incidents: calls the API, and hears the live socket all the time. */
export class Party {
  readonly caller: ApiCaller;
  readonly peer: LivePeer;
  /** All media that came over the socket, without the headers of the messages. */
  mediaBytes = 0;
  #asked = 0;
  /** What came on channel 1: init segment and fragments, since it was last watched. */
  #received: Buffer[] = [];
  #watched: string | undefined;

  private constructor(caller: ApiCaller, peer: LivePeer) {
    this.caller = caller;
    this.peer = peer;
    peer.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.#heard(JSON.parse(data.toString('utf8')));
      else this.#came(data);
    });
  }

  static async connect(caller: ApiCaller): Promise<Party> {
    return new Party(caller, await LivePeer.connect(caller));
  }

  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.caller.call<T>(method, path, body);
  }

  async status(path: string): Promise<number> {
    return (await this.caller.fetch(path)).status;
  }

  /** What it watches is an MP4 that ffprobe decodes, picture by picture, without a complaint. */
  async watches(incident: string, camera: string): Promise<void> {
    this.peer.say({ type: 'unwatch', channel: 1 });
    this.#received = [];
    this.peer.say({ type: 'watch', channel: 1, camera, incident, quality: 'main' });
    await until('25 pictures', () => this.#watched === camera && this.#received.length > 25);
    const fragments = [...this.#received];
    const { frames, says } = await judgeMp4(Buffer.concat(fragments));
    expect([frames, says]).toEqual([fragments.length - 1, '']);
  }

  #came(data: Buffer): void {
    const payload = data.subarray(BINARY_HEADER_LENGTH);
    this.mediaBytes += payload.length;
    if (data.readUInt16BE(2) === 1) this.#received.push(payload);
  }

  /** Pictures of another camera may have been under way until now. */
  #heard(message: ServerMessage): void {
    if (message.type !== 'watching' || message.channel !== 1) return;
    this.#watched = message.camera;
    this.#received = [];
  }

  /** Asked on the socket; it waits for the operator, who is told of it. */
  async asks(incident: string, wish: Wish, operator: Party): Promise<LiveRequest> {
    this.#asked += 1;
    const id = `wish ${this.#asked}`;
    this.peer.say({ type: 'request', id, incident, ...wish });
    const { request } = await this.peer.hears('request', (message) => message.id === id);
    expect(request.state).toBe('pending');
    await operator.peer.hears('request', (message) => message.request.id === request.id);
    return request;
  }

  /** What became of a request, as whoever asked hears it. */
  hearsEnd({ id }: LiveRequest, state: RequestState) {
    const isIt = (message: { request: LiveRequest; state: string }) =>
      message.request.id === id && message.state === state;
    return this.peer.hears('request', isIt, 90_000);
  }
}
