import { existsSync } from 'node:fs';
import { ConfigError, loadConfig, parseConfig } from '../config/load.ts';
import type { CameraConfig } from '../config/schema.ts';
import { parseTarget, requireBoth, wrongUse } from './options.ts';

/** How a camera is named on the command line. */
export interface CameraFlags {
  config?: string;
  rtsp?: string;
  username?: string;
  passwordEnv?: string;
  passwordFile?: string;
  https?: boolean;
  transport?: string;
}

export interface ExaminedCamera {
  readonly camera: CameraConfig;
  /** Of the gateway that the configuration belongs to, once it has run. */
  readonly dataDir: string | undefined;
}

/**
 * The camera of a configuration, or one that is made of what the command line says.
 *
 * @throws ConfigError; LiveViewError `wrong-use`.
 */
export function cameraOf(target: string | undefined, flags: CameraFlags): ExaminedCamera {
  if (flags.config === undefined) return { camera: described(target, flags), dataDir: undefined };
  const config = loadConfig(flags.config);
  const ids = config.cameras.map(({ id }) => id);
  const camera = config.cameras.find(({ id }) => id === target);
  if (!camera) throw wrongUse(`name a camera of the configuration: ${ids.join(', ')}`);
  const extra = Object.keys(flags).find((name) => NOT_BESIDE_CONFIG.has(name));
  if (extra) throw wrongUse('how the camera is reached is in the configuration; leave it out here');
  const { dataDir } = config.gateway;
  return { camera, dataDir: existsSync(dataDir) ? dataDir : undefined };
}

const NOT_BESIDE_CONFIG = new Set<string>([
  'rtsp',
  'username',
  'passwordEnv',
  'passwordFile',
  'https',
  'transport',
] satisfies (keyof CameraFlags)[]);

/** Through the same checks as a configuration. */
function described(target: string | undefined, flags: CameraFlags): CameraConfig {
  const { rtsp, https = false, transport } = flags;
  if ((target === undefined) === (rtsp === undefined)) {
    throw wrongUse('name HOST[:PORT], or --rtsp URL, or a camera of a --config FILE');
  }
  const access = credentialsOf(flags);
  const camera = {
    id: 'camera',
    ...(rtsp === undefined ? {} : { rtsp: { main: rtsp, ...access } }),
    ...(target === undefined
      ? {}
      : { onvif: { ...parseTarget(target, https ? 443 : 80), https, ...access } }),
    ...(transport === undefined ? {} : { stream: { transport } }),
  };
  try {
    const [made] = parseConfig(JSON.stringify({ cameras: [camera] }), '').cameras;
    if (made) return made;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw wrongUse(error.problems.map(({ message }) => message).join('; '));
  }
  throw wrongUse('there is no camera in this');
}

function credentialsOf({ username, passwordEnv, passwordFile }: CameraFlags) {
  const file = passwordFile === undefined ? undefined : { file: passwordFile };
  const password = passwordEnv === undefined ? file : { env: passwordEnv };
  requireBoth(username, password);
  return username === undefined ? {} : { username, password };
}
