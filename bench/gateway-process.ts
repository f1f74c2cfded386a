import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TokenStore } from '../src/access/tokens.ts';
import type { ConfigInput } from '../src/config/schema.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Secret } from '../src/core/secret.ts';
import { CAMERA_USER, type CameraProcess } from './camera-process.ts';
import { lineOf, startChild } from './child.ts';

export interface GatewayProcess {
  readonly pid: number;
  /** Of the live socket. */
  readonly socketUrl: string;
  /** An operator's. */
  readonly token: Secret;
  /** More operators. */
  moreTokens(count: number): string[];
  stop(): Promise<void>;
}

const PASSWORD = 'BENCH_CAMERA_PASSWORD';

/**
 * `liveview serve` from the build, as a service runs it: what it takes is what a gateway takes. The
 * cameras are given by their stream addresses, so that no ONVIF is spoken meanwhile.
 */
export async function startGateway(
  root: string,
  { cameras, password }: CameraProcess,
  stream: NonNullable<ConfigInput['cameras'][number]['stream']> = {},
): Promise<GatewayProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveview-bench-'));
  const file = join(dataDir, 'cameras.yaml');
  writeFileSync(file, JSON.stringify(configuration(dataDir, cameras, stream)));
  const tokens = new TokenStore(dataDir, systemClock);
  const issue = (name: string) => tokens.issue({ name, role: 'operator' }).secret;
  const token = issue('bench');
  const moreTokens = (count: number) =>
    Array.from({ length: count }, (_, i) => issue(`bench-${i}`).reveal());
  const bin = join(root, 'bin', 'liveview.js');
  const child = startChild('gateway', process.execPath, [bin, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', [PASSWORD]: password },
  });
  const stop = async () => {
    await child.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const ready = await lineOf(child, /^.*"message":"ready".*$/m);
    const { centre } = JSON.parse(ready) as { centre: string };
    const socketUrl = new URL('/v1/live', centre).href.replace(/^http/, 'ws');
    return { pid: child.pid, socketUrl, token, moreTokens, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(
  dataDir: string,
  cameras: CameraProcess['cameras'],
  stream: NonNullable<ConfigInput['cameras'][number]['stream']>,
): ConfigInput {
  return {
    gateway: { name: 'Bench', dataDir },
    centre: { listen: '127.0.0.1:0' },
    sites: [{ id: 'bench', name: 'Bench' }],
    cameras: cameras.map(({ id, rtspMain, rtspSub }) => ({
      id,
      stream,
      rtsp: {
        main: rtspMain,
        sub: rtspSub,
        username: CAMERA_USER,
        password: { env: PASSWORD },
      },
    })),
  };
}
