/**
 * Records what programs that are not ours send, as seeds: `npm run fuzz -- --record`. What is
 * recorded is kept with the tests, because a seed that differs from run to run is none.
 */
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GstreamerServer } from '../support/gstreamer-server.ts';
import { until } from '../support/until.ts';
import { CAPTURES } from './captures.ts';

const run = promisify(execFile);
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25'];
const H264 = [...'-c:v libx264 -preset veryfast -g 6 -threads 1 -pix_fmt yuv420p'.split(' ')];
const H265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-g', '6', '-pix_fmt', 'yuv420p'];
const QUIET_H265 = ['-x265-params', 'log-level=none:bframes=2'];
const FRAGMENTED = ['-movflags', 'empty_moov+default_base_moof+frag_every_frame', '-f', 'mp4'];

/** A seed is copied for every input. */
const MOST_BYTES = 12_000;

/** @returns the exit code. */
export async function main(): Promise<number> {
  mkdirSync(CAPTURES, { recursive: true });
  const plain = [...H264, '-bf', '0', '-slices', '2'];
  save('ffmpeg-h264.annexb', await ffmpeg([...plain, '-f', 'h264']));
  save('ffmpeg-h264.flv', await ffmpeg([...plain, '-f', 'flv']));
  save('ffmpeg-h264-bframes.mp4', await ffmpeg([...H264, '-bf', '2', ...FRAGMENTED]));
  save('ffmpeg-h265.annexb', await ffmpeg([...H265, ...QUIET_H265, '-f', 'hevc']));
  save('ffmpeg-h265.mp4', await ffmpeg([...H265, ...QUIET_H265, '-tag:v', 'hvc1', ...FRAGMENTED]));
  save('ffmpeg-h264.rtp', await rtpOf(plain));
  save('ffmpeg-h265.rtp', await rtpOf([...H265, ...QUIET_H265]));
  await recordGstreamer();
  return 0;
}

function save(name: string, bytes: Buffer): void {
  writeFileSync(join(CAPTURES, name), bytes);
}

async function ffmpeg(output: readonly string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 20 } as const;
  const args = ['-nostdin', '-v', 'error', ...PICTURE, '-frames:v', '12', ...output, 'pipe:1'];
  return (await run('ffmpeg', args, options)).stdout;
}

/** RTP and sender reports of ffmpeg's own packetizer, in small packets. */
async function rtpOf(output: readonly string[]): Promise<Buffer> {
  const packets: Buffer[] = [];
  const sockets = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of sockets) {
    socket.on('message', (packet) => {
      const length = Buffer.of(packet.length >> 8, packet.length & 0xff);
      packets.push(Buffer.concat([length, packet]));
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  const [rtp, rtcp] = sockets.map((socket) => (socket.address() as AddressInfo).port);
  const url = `rtp://127.0.0.1:${rtp}?rtcpport=${rtcp}&pkt_size=400`;
  const args = ['-nostdin', '-v', 'error', ...PICTURE, '-frames:v', '12', ...output];
  const child = spawn('ffmpeg', [...args, '-f', 'rtp', url], { stdio: 'ignore' });
  await once(child, 'exit');
  await until('all packets', () => packets.length > 12);
  for (const socket of sockets) socket.close();
  return Buffer.concat(packets);
}

/** Everything that GStreamer's server writes into one connection, and its refusal without password. */
async function recordGstreamer(): Promise<void> {
  const server = await GstreamerServer.start();
  try {
    save('gstreamer-401.rtsp', await conversation(server.url('protected'), ['DESCRIBE'], 0));
    const methods = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'];
    save('gstreamer-tcp.rtsp', await conversation(server.url('open'), methods, MOST_BYTES));
  } finally {
    await server.stop();
  }
}

async function conversation(url: string, methods: readonly string[], leastBytes: number) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let heard = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
  });
  for (const [index, method] of methods.entries()) {
    const session = /Session: *([^;\r\n]+)/.exec(heard.toString('latin1'))?.[1];
    const address = method === 'SETUP' ? `${url}/stream=0` : url;
    const more = method === 'SETUP' ? 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n' : '';
    const holder = session ? `Session: ${session}\r\n` : '';
    socket.write(`${method} ${address} RTSP/1.0\r\nCSeq: ${index + 1}\r\n${more}${holder}\r\n`);
    await until(method, () => heard.includes(`CSeq: ${index + 1}\r\n`));
  }
  await until('enough', () => heard.includes('\r\n\r\n') && heard.length >= leastBytes);
  socket.destroy();
  return heard.subarray(0, MOST_BYTES);
}
