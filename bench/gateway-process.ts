import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TokenStore } from '../src/access/tokens.ts';
import type { ConfigInput } from '../src/config/schema.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Secret } from '../src/core/secret.ts';
import { CAMERA_USER, type CameraProcess } from './camera-process.ts';
import { lineOf, startChild } from './child.ts';
import { nodeOptionsOfService } from './service-options.ts';

export interface GatewayProcess {
  readonly pid: number;
  /** Of the centre's listener, and of the police's where a control room asks. */
  readonly centre: string;
  readonly police: string;
  /** Of the centre's live socket. */
  readonly socketUrl: string;
  /** An operator's. */
  readonly token: Secret;
  /** A dispatcher's. */
  dispatcher(controlRoom: string): string;
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
  more: MoreConfig = {},
): Promise<GatewayProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'liveview-bench-'));
  const file = join(dataDir, 'cameras.yaml');
  writeFileSync(file, JSON.stringify(configuration(dataDir, cameras, more)));
  const tokens = new TokenStore(dataDir, systemClock);
  const issue = (name: string) => tokens.issue({ name, role: 'operator' }).secret;
  const token = issue('bench');
  const moreTokens = (count: number) =>
    Array.from({ length: count }, (_, i) => issue(`bench-${i}`).reveal());
  const bin = join(root, 'bin', 'liveview.js');
  const dispatcher = (controlRoom: string) =>
    tokens.issue({ name: 'bench-room', role: 'dispatcher', controlRoom }).secret.reveal();
  const child = startChild('gateway', process.execPath, [bin, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: nodeOptionsOfService(root), [PASSWORD]: password },
  });
  const stop = async () => {
    await child.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const ready = await lineOf(child, /^.*"message":"ready".*$/m);
    const { centre, police } = JSON.parse(ready) as { centre: string; police: string };
    const socketUrl = new URL('/v1/live', centre).href.replace(/^http/, 'ws');
    return { pid: child.pid, centre, police, socketUrl, token, dispatcher, moreTokens, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a scenario wants otherwise than a centre that only watches. */
export interface MoreConfig {
  readonly stream?: NonNullable<ConfigInput['cameras'][number]['stream']>;
  readonly rungs?: NonNullable<ConfigInput['transcode']>['rungs'];
  /** Where ONVIF is spoken with a camera, for those that are to be turned. */
  readonly onvifPorts?: ReadonlyMap<string, number>;
  /** A control room that asks, and is given without a decision. */
  readonly controlRoom?: string;
}

function configuration(
  dataDir: string,
  cameras: CameraProcess['cameras'],
  { stream = {}, rungs, onvifPorts, controlRoom }: MoreConfig,
): ConfigInput {
  const access = { username: CAMERA_USER, password: { env: PASSWORD } };
  return {
    gateway: { name: 'Bench', dataDir, sessionsPerHost: 256 },
    centre: { listen: '127.0.0.1:0' },
    sites: [{ id: 'bench', name: 'Bench' }],
    ...(rungs ? { transcode: { rungs } } : {}),
    ...(controlRoom ? atPolice(controlRoom) : {}),
    cameras: cameras.map(({ id, rtspMain, rtspSub }) => {
      const port = onvifPorts?.get(id);
      return {
        ...{ id, stream, rtsp: { main: rtspMain, sub: rtspSub, ...access } },
        ...(port === undefined ? {} : { onvif: { host: '127.0.0.1', port, ...access } }),
      };
    }),
  };
}

function atPolice(id: string): Partial<ConfigInput> {
  return {
    police: { listen: '127.0.0.1:0', insecure: true },
    controlRooms: [{ id, name: id }],
    policy: { ptz: 'auto', switch: 'auto' },
  };
}
