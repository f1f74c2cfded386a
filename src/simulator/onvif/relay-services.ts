/**
 * Relay outputs: operations of the Device service (ONVIF Core §8.5), and the DeviceIO service (version
 * 10), which has them too, the settings in a form of its own.
 */
import {
  type RelayBank,
  RelayRefusal,
  type RelayRefusalCode,
  type RelaySetup,
} from '../relay-bank.ts';
import { element, type Markup, xml } from './markup.ts';
import { type OnvifService, type Operation, PATHS } from './service.ts';
import { invalidArgument, NAMESPACES, OnvifFault, required } from './soap.ts';
import { duration, durationMs } from './time.ts';
import { find, textOf, type XmlElement } from './xml.ts';

/** What the Device service has of a device with relay outputs. */
export function relayOperations(bank: RelayBank): Record<string, Operation> {
  return {
    GetRelayOutputs: () => listed('tds:RelayOutputs', bank, (token) => token),
    SetRelayOutputSettings: ({ body }) => {
      const token = required(body, 'RelayOutputToken');
      return done(() => bank.setUp(token, setupIn(find(body, 'Properties'))));
    },
    SetRelayOutputState: ({ body }) => switched(bank, body),
  };
}

export function deviceIoService(bank: RelayBank): OnvifService {
  const lists = bank.quirks.relaysByDeviceOnly;
  const name = (token: string) => (lists ? `Output_${bank.tokens.indexOf(token)}` : token);
  return {
    prefix: 'tmd',
    namespace: NAMESPACES.tmd,
    path: PATHS.tmd,
    version: { major: 21, minor: 12 },
    capabilities: () => capabilities(bank),
    answersAs: { GetRelayOutputs: 'tds', SetRelayOutputState: 'tds' },
    operations: {
      GetServiceCapabilities: () => capabilities(bank),
      GetRelayOutputs: () => listed('tds:RelayOutputs', bank, name),
      ...(lists
        ? {}
        : {
            SetRelayOutputSettings: ({ body }) => {
              const token = find(body, 'RelayOutput')?.attributes.get('token') ?? '';
              const properties = find(body, 'RelayOutput', 'Properties');
              return done(() => bank.setUp(token, setupIn(properties)));
            },
            SetRelayOutputState: ({ body }) => switched(bank, body),
          }),
    },
  };
}

function capabilities({ tokens }: RelayBank): Markup {
  return xml`<tmd:Capabilities VideoSources="1" VideoOutputs="0" AudioSources="0" AudioOutputs="0" RelayOutputs="${tokens.length}" SerialPorts="0" DigitalInputs="0"/>`;
}

function listed(name: string, bank: RelayBank, as: (token: string) => string): Markup {
  return xml`${bank.tokens.map((token) => {
    const { mode, delayMs, idle } = bank.setupOf(token);
    const content = xml`
      <tt:Properties>
        <tt:Mode>${mode === 'monostable' ? 'Monostable' : 'Bistable'}</tt:Mode>
        <tt:DelayTime>${duration(delayMs)}</tt:DelayTime>
        <tt:IdleState>${idle}</tt:IdleState>
      </tt:Properties>`;
    return element(name, { token: as(token) }, content);
  })}`;
}

function switched(bank: RelayBank, body: XmlElement): Markup {
  const token = required(body, 'RelayOutputToken');
  const state = required(body, 'LogicalState');
  if (state !== 'active' && state !== 'inactive') {
    throw invalidArgument('ModeError', 'LogicalState is active or inactive');
  }
  return done(() => bank.set(token, state === 'active'));
}

function setupIn(properties: XmlElement | undefined): RelaySetup {
  const mode = textOf(properties, 'Mode');
  const idle = textOf(properties, 'IdleState');
  const delayMs = durationMs(textOf(properties, 'DelayTime') ?? '');
  if (mode !== 'Monostable' && mode !== 'Bistable') throw invalidArgument('ModeError', 'no Mode');
  if (idle !== 'open' && idle !== 'closed') throw invalidArgument('ModeError', 'no IdleState');
  if (delayMs === undefined) throw invalidArgument('ModeError', 'DelayTime is not a duration');
  return { mode: mode === 'Monostable' ? 'monostable' : 'bistable', delayMs, idle };
}

/** Runs it; what the bank refuses becomes a fault. */
function done(run: () => void): Markup {
  try {
    run();
  } catch (error) {
    if (error instanceof RelayRefusal) throw FAULTS[error.code](error.message);
    throw error;
  }
  return xml``;
}

const FAULTS: Readonly<Record<RelayRefusalCode, (reason: string) => OnvifFault>> = {
  'relay-unknown': (reason) => invalidArgument('RelayToken', reason),
  'relay-settings-refused': (reason) => new OnvifFault('Receiver', ['ActionNotSupported'], reason),
  'relay-not-set-up': (reason) => new OnvifFault('Receiver', ['Action'], reason),
};
