import { Option } from 'commander';
import { openConfig } from '../config/load.ts';
import { LiveViewError } from '../core/errors.ts';
import type { CliContext } from './context.ts';

export interface RoomFlags {
  controlRoom?: string;
  config?: string;
}

export const roomConfigOption = () =>
  new Option('-c, --config <file>', 'look up the control room and the sites in this configuration');

/**
 * Whether the control room of a new account is one that the configuration names. An account of a room
 * that nobody shares with is not harmful but useless, so without a configuration at hand it is said.
 *
 * @throws LiveViewError `unknown-control-room`; ConfigError.
 */
export function checkControlRoom(context: CliContext, { controlRoom, config }: RoomFlags): void {
  if (controlRoom === undefined) return;
  if (config === undefined) {
    context.stderr.write(
      `whether the configuration names the control room ${controlRoom} was not looked up; --config FILE does\n`,
    );
    return;
  }
  const rooms = openConfig(config).config.controlRooms.map(({ id }) => id);
  if (rooms.includes(controlRoom)) return;
  const known = rooms.length === 0 ? 'it names none' : `it names ${rooms.join(', ')}`;
  throw new LiveViewError(
    'unknown-control-room',
    `there is no control room ${controlRoom} in ${config}: ${known}`,
  );
}
