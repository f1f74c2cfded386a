import type { ServerMessage } from '../server/protocol.ts';
import { ClientError } from './errors.ts';

type FieldType = 'string' | 'number' | 'object' | 'boolean';

/** The fields without which a message of this type cannot be acted on. */
const REQUIRED: Readonly<Record<ServerMessage['type'], Readonly<Record<string, FieldType>>>> = {
  welcome: { session: 'string', user: 'string', role: 'string', heartbeatMs: 'number' },
  watching: { channel: 'number', camera: 'string', format: 'string', codec: 'string' },
  picture: { channel: 'number', state: 'string', since: 'string' },
  dropped: { channel: 'number', frames: 'number' },
  ended: { channel: 'number', code: 'string', reason: 'string' },
  incident: { incident: 'object' },
  alarm: { alarm: 'object' },
  screen: { incident: 'string', tiles: 'object' },
  pointing: { incident: 'string', sights: 'object' },
  offer: { offer: 'object' },
  request: { id: 'string', state: 'string', request: 'object' },
  control: { camera: 'string' },
  recording: { recording: 'boolean' },
  pong: { t0: 'number', t1: 'number' },
  error: { code: 'string', message: 'string' },
};

/**
 * Reads one text message. A type that this version does not know gives undefined: a newer gateway
 * may say more than an older client understands.
 *
 * @throws ClientError `bad-message`.
 */
export function parseServerMessage(text: string): ServerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClientError('bad-message', 'the gateway sent text that is not JSON', { cause });
  }
  if (!isRecord(value) || typeof value['type'] !== 'string') {
    throw new ClientError('bad-message', 'the gateway sent a message without a type');
  }
  if (!isKnown(value['type'])) return undefined;
  for (const [field, type] of Object.entries(REQUIRED[value['type']])) {
    const found = value[field];
    if (typeof found !== type || found === null) {
      throw new ClientError('bad-message', `the gateway's ${value['type']} lacks ${field}`);
    }
  }
  return value as unknown as ServerMessage;
}

function isKnown(type: string): type is ServerMessage['type'] {
  return Object.hasOwn(REQUIRED, type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
