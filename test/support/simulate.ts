import type { ConfigInput } from '../../src/config/schema.ts';
import { LiveviewProcess } from './liveview-process.ts';

interface SimulatedCamera {
  readonly id: string;
  readonly name: string;
  readonly onvifUrl: string;
  readonly rtspMain: string;
  readonly rtspSub: string;
}

/** Where the configuration says that the virtual cameras' password is. */
export const CAMERA_PASSWORD_ENV = { VIRTUAL_CAMERA: 'virtual' };
export const CAMERA_CREDENTIALS = { username: 'liveview', password: { env: 'VIRTUAL_CAMERA' } };

/** `liveview simulate`: virtual cameras in a process of their own, which can be killed and started again. */
export class SimulateRun {
  readonly process: LiveviewProcess;
  readonly cameras: readonly SimulatedCamera[];

  private constructor(process: LiveviewProcess, cameras: readonly SimulatedCamera[]) {
    this.process = process;
    this.cameras = cameras;
  }

  static async start(
    more: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<SimulateRun> {
    const ports = more.includes('--rtsp-port') ? [] : ['--rtsp-port', '0', '--onvif-port', '0'];
    const process = new LiveviewProcess(['simulate', '--json', ...ports, ...more], env);
    const { cameras } = await process.readyJson<{ cameras: SimulatedCamera[] }>();
    return new SimulateRun(process, cameras);
  }

  /** The same cameras at the same places, after `stop`. */
  async again(): Promise<SimulateRun> {
    const [first] = this.cameras;
    const port = (url: string | undefined) => new URL(url ?? '').port;
    return SimulateRun.start([
      ...['--cameras', String(this.cameras.length)],
      ...['--rtsp-port', port(first?.rtspMain), '--onvif-port', port(first?.onvifUrl)],
    ]);
  }

  camera(id: string): SimulatedCamera {
    const found = this.cameras.find((camera) => camera.id === id);
    if (!found) throw new Error(`there is no virtual camera ${id}`);
    return found;
  }

  /** The cameras as a gateway is told of them. */
  config(how: 'onvif' | 'rtsp' = 'onvif'): ConfigInput['cameras'] {
    return this.cameras.map(({ id, name, onvifUrl, rtspMain, rtspSub }) => {
      const { hostname, port } = new URL(onvifUrl);
      return how === 'onvif'
        ? { id, name, onvif: { host: hostname, port: Number(port), ...CAMERA_CREDENTIALS } }
        : { id, name, rtsp: { main: rtspMain, sub: rtspSub, ...CAMERA_CREDENTIALS } };
    });
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.process.stop(signal);
  }
}
