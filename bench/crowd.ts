/**
 * Many viewers in a process of their own. Each looks at the clock when a picture arrives, and then only
 * for the moment at which that was sent. Ends when its parent does.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { stampPlace } from '../src/simulator/rtsp/stamp.ts';
import { sharedClock } from './shared-clock.ts';
import { spreadOf } from './statistics.ts';

export interface CrowdOrder {
  readonly offsetUs: number;
  readonly url: string;
  /** What each connection shows, in turn; none for a server that asks for nothing. */
  readonly tokens: readonly string[];
  readonly viewers: number;
  /** What each says once it is connected. */
  readonly messages: readonly object[];
}

/** What it answers to `open` (nothing in it) and to `close`. */
export interface CrowdReport {
  readonly spread: ReturnType<typeof spreadOf>;
  /** Pictures that the viewer with the fewest, and the one with the most, received. */
  readonly fewest: number;
  readonly most: number;
  /** Of each picture that the first viewer received. */
  readonly pictureBytes: readonly number[];
}

/** The stamp is at the beginning of a picture, behind at most this much of boxes and headers. */
const STAMP_WITHIN = 512;

process.once('message', (order: CrowdOrder) => void begin(order));
process.once('disconnect', () => process.exit());

async function begin(order: CrowdOrder): Promise<void> {
  const clock = sharedClock(order.offsetUs);
  const counts = new Array<number>(order.viewers).fill(0);
  const delaysMs: number[] = [];
  const pictureBytes: number[] = [];
  const seen = new Set<number>();
  let open = false;
  const take = (viewer: number, data: Buffer) => {
    const receivedUs = clock.unixUs();
    const place = stampPlace(data.subarray(0, STAMP_WITHIN));
    if (place < 0) return;
    seen.add(viewer);
    if (!open) return;
    if (viewer === 0) pictureBytes.push(data.length);
    counts[viewer] = (counts[viewer] ?? 0) + 1;
    const sentUs = Number.parseInt(data.toString('latin1', place, place + 16), 16);
    delaysMs.push((receivedUs - sentUs) / 1_000);
  };
  for (let viewer = 0; viewer < order.viewers; viewer += 1) {
    await connect(order, viewer, (data) => take(viewer, data));
  }
  while (seen.size < order.viewers) await new Promise((resolve) => setTimeout(resolve, 10));
  process.on('message', (word: { open: boolean }) => {
    open = word.open;
    const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
    const report = (): CrowdReport => {
      return { spread: spreadOf(delaysMs), fewest, most, pictureBytes };
    };
    process.send?.(open ? {} : report());
  });
  process.send?.({});
}

async function connect(
  { url, tokens, messages }: CrowdOrder,
  viewer: number,
  take: (data: Buffer) => void,
): Promise<void> {
  const token = tokens[viewer % Math.max(1, tokens.length)];
  const socket = new WebSocket(url, token === undefined ? [] : ['liveview.v1'], {
    perMessageDeflate: false,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) take(data);
    else complain(data.toString('utf8'));
  });
  await once(socket, 'open');
  for (const message of messages) socket.send(JSON.stringify(message));
}

function complain(text: string): void {
  const { type, message, reason } = JSON.parse(text);
  if (type === 'error' || type === 'ended')
    throw new Error(`the gateway says: ${message ?? reason}`);
}
