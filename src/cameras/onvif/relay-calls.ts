/**
 * Relay outputs (ONVIF Core §8.5, DeviceIO §5.1): the Device service and the DeviceIO service both have
 * them, and a camera may answer at one only, or under other tokens at the other.
 */
import type { RelayMode, RelayOutput } from '../outputs.ts';
import { all, escapeXml, textOf, type XmlElement } from '../xml.ts';
import { formatDuration, parseDurationMs } from './duration.ts';
import { isWorthAnotherTry } from './media-calls.ts';
import type { CallOptions, OnvifSession } from './session.ts';
import { element, NAMESPACES, type Operation, SCHEMA } from './soap.ts';

export type RelayService = 'deviceIO' | 'device';

/** The outputs as one of the two services tells of them, in the camera's order. */
export interface RelayBoard {
  readonly service: RelayService;
  readonly outputs: readonly RelayOutput[];
}

export interface RelaySettings {
  readonly mode: RelayMode;
  readonly delayMs: number;
  readonly idle: 'open' | 'closed';
}

const SERVICES: readonly RelayService[] = ['deviceIO', 'device'];
const MAX_OUTPUTS = 32;
const MAX_TOKEN = 64;

/** What each service that answers tells; a camera without outputs has none of them. */
export async function relayBoards(
  session: OnvifSession,
  _args: object,
  options: CallOptions,
): Promise<readonly RelayBoard[]> {
  const paths = await session.paths();
  const boards: RelayBoard[] = [];
  for (const service of SERVICES) {
    if (paths[service] === undefined) continue;
    const answer = await optional(session.call(shared(service, 'GetRelayOutputs', ''), options));
    const outputs = all(answer, 'RelayOutputs').slice(0, MAX_OUTPUTS).flatMap(readOutput);
    if (outputs.length > 0) boards.push({ service, outputs });
  }
  return boards;
}

/** Every part of the settings is mandatory (tt:RelayOutputSettings), also the delay of a bistable one. */
export async function setRelaySettings(
  session: OnvifSession,
  args: { service: RelayService; token: string; settings: RelaySettings },
  options: CallOptions,
): Promise<void> {
  const { service, token, settings } = args;
  const { mode, delayMs, idle } = settings;
  const part = (name: string, text: string) => `<${name} xmlns="${SCHEMA}">${text}</${name}>`;
  const inner = [
    part('Mode', mode === 'monostable' ? 'Monostable' : 'Bistable'),
    part('DelayTime', formatDuration(delayMs)),
    part('IdleState', idle),
  ].join('');
  const content =
    service === 'deviceIO'
      ? `<RelayOutput token="${escapeXml(token)}">${part('Properties', inner)}</RelayOutput>`
      : `${element('RelayOutputToken', token)}<Properties>${inner}</Properties>`;
  await session.call({ service, name: 'SetRelayOutputSettings', content }, options);
}

/** Switching off passes everything that waits. */
export async function setRelayState(
  session: OnvifSession,
  { service, token, on }: { service: RelayService; token: string; on: boolean },
  options: CallOptions,
): Promise<void> {
  const content = `${element('RelayOutputToken', token)}${element('LogicalState', on ? 'active' : 'inactive')}`;
  const lane = on ? {} : { lane: 'urgent' as const };
  await session.call(shared(service, 'SetRelayOutputState', content), { ...options, ...lane });
}

/** The DeviceIO service has these under the names of the Device service. */
function shared(service: RelayService, name: string, content: string): Operation {
  return { service, name, content, namespace: NAMESPACES.device };
}

/** `RelayOutputs@token / Properties / Mode, DelayTime, IdleState` */
function readOutput(output: XmlElement): RelayOutput[] {
  const token = output.attributes.get('token');
  if (token === undefined || token === '' || token.length > MAX_TOKEN) return [];
  const property = (name: string) => textOf(output, 'Properties', name)?.toLowerCase();
  const mode = property('Mode');
  const idle = property('IdleState');
  const delayMs = parseDurationMs(textOf(output, 'Properties', 'DelayTime'));
  return [
    {
      token,
      ...(mode === 'monostable' || mode === 'bistable' ? { mode } : {}),
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(idle === 'open' || idle === 'closed' ? { idle } : {}),
    },
  ];
}

/** One that refuses to tell has none. */
async function optional(answer: Promise<XmlElement>): Promise<XmlElement | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isWorthAnotherTry(error)) return undefined;
    throw error;
  }
}
