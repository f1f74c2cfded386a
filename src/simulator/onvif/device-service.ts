import type { RelayBank } from '../relay-bank.ts';
import { type DeviceIdentity, macAddress } from './identity.ts';
import { type Markup, xml } from './markup.ts';
import { relayOperations } from './relay-services.ts';
import { type OnvifService, type Operation, PATHS } from './service.ts';
import { deviceCapabilities, serviceDirectory } from './service-directory.ts';
import { invalidArgument, NAMESPACES } from './soap.ts';
import { find, textOf, type XmlElement } from './xml.ts';

/** What the device service needs of the device. */
export interface DeviceServiceOptions {
  identity: DeviceIdentity;
  scopes: readonly string[];
  username: string | undefined;
  /** The device's own idea of the time, Unix ms. */
  nowMs: () => number;
  setTimeMs: (unixMs: number) => void;
  /** Every service of the device, this one included. */
  services: () => readonly OnvifService[];
  relays: RelayBank | undefined;
}

/** The Device Management service (ONVIF Core §8). */
export function deviceService(options: DeviceServiceOptions): OnvifService {
  return {
    prefix: 'tds',
    namespace: NAMESPACES.tds,
    path: PATHS.tds,
    version: { major: 21, minor: 12 },
    capabilities: deviceCapabilities,
    open: [
      'GetSystemDateAndTime',
      'GetCapabilities',
      'GetServices',
      'GetServiceCapabilities',
      'GetHostname',
    ],
    operations: {
      ...serviceDirectory(options.services),
      ...clockOperations(options),
      ...identityOperations(options),
      ...(options.relays ? relayOperations(options.relays) : {}),
    },
  };
}

function clockOperations({ nowMs, setTimeMs }: DeviceServiceOptions): Record<string, Operation> {
  return {
    GetSystemDateAndTime: () => systemDateAndTime(nowMs()),
    SetSystemDateAndTime: ({ body }) => {
      if (textOf(body, 'DateTimeType') === 'Manual') setTimeMs(timeAsked(body));
      return xml``;
    },
  };
}

function identityOperations(options: DeviceServiceOptions): Record<string, Operation> {
  const { identity, scopes, username } = options;
  return {
    GetDeviceInformation: () => xml`
      <tds:Manufacturer>${identity.manufacturer}</tds:Manufacturer>
      <tds:Model>${identity.model}</tds:Model>
      <tds:FirmwareVersion>${identity.firmware}</tds:FirmwareVersion>
      <tds:SerialNumber>${identity.serialNumber}</tds:SerialNumber>
      <tds:HardwareId>${identity.hardwareId}</tds:HardwareId>`,
    GetScopes: () => xml`${scopes.map(scopeMarkup)}`,
    GetHostname: () => xml`
      <tds:HostnameInformation>
        <tt:FromDHCP>false</tt:FromDHCP>
        <tt:Name>${identity.serialNumber.replace(/[^A-Za-z0-9-]/g, '-')}</tt:Name>
      </tds:HostnameInformation>`,
    GetNetworkInterfaces: ({ base }) => networkInterfaces(identity, new URL(base).hostname),
    GetUsers: () => (username === undefined ? xml`` : userMarkup(username)),
  };
}

function scopeMarkup(scope: string): Markup {
  const configurable = scope.includes('/name/') || scope.includes('/location/');
  return xml`
    <tds:Scopes>
      <tt:ScopeDef>${configurable ? 'Configurable' : 'Fixed'}</tt:ScopeDef>
      <tt:ScopeItem>${scope}</tt:ScopeItem>
    </tds:Scopes>`;
}

function userMarkup(username: string): Markup {
  return xml`
    <tds:User>
      <tt:Username>${username}</tt:Username>
      <tt:UserLevel>Administrator</tt:UserLevel>
    </tds:User>`;
}

function systemDateAndTime(nowMs: number): Markup {
  const now = new Date(nowMs);
  return xml`
    <tds:SystemDateAndTime>
      <tt:DateTimeType>Manual</tt:DateTimeType>
      <tt:DaylightSavings>false</tt:DaylightSavings>
      <tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone>
      <tt:UTCDateTime>
        <tt:Time>
          <tt:Hour>${now.getUTCHours()}</tt:Hour>
          <tt:Minute>${now.getUTCMinutes()}</tt:Minute>
          <tt:Second>${now.getUTCSeconds()}</tt:Second>
        </tt:Time>
        <tt:Date>
          <tt:Year>${now.getUTCFullYear()}</tt:Year>
          <tt:Month>${now.getUTCMonth() + 1}</tt:Month>
          <tt:Day>${now.getUTCDate()}</tt:Day>
        </tt:Date>
      </tt:UTCDateTime>
    </tds:SystemDateAndTime>`;
}

function timeAsked(body: XmlElement): number {
  const utc = find(body, 'UTCDateTime');
  const field = (...path: string[]) => Number(textOf(utc, ...path) ?? Number.NaN);
  const unixMs = Date.UTC(
    field('Date', 'Year'),
    field('Date', 'Month') - 1,
    field('Date', 'Day'),
    field('Time', 'Hour'),
    field('Time', 'Minute'),
    field('Time', 'Second'),
  );
  if (Number.isNaN(unixMs)) throw invalidArgument('InvalidDateTime', 'UTCDateTime is not a time');
  return unixMs;
}

function networkInterfaces(identity: DeviceIdentity, host: string): Markup {
  return xml`
    <tds:NetworkInterfaces token="eth0">
      <tt:Enabled>true</tt:Enabled>
      <tt:Info>
        <tt:Name>eth0</tt:Name>
        <tt:HwAddress>${macAddress(identity)}</tt:HwAddress>
        <tt:MTU>1500</tt:MTU>
      </tt:Info>
      <tt:IPv4>
        <tt:Enabled>true</tt:Enabled>
        <tt:Config>
          <tt:Manual><tt:Address>${host}</tt:Address><tt:PrefixLength>24</tt:PrefixLength></tt:Manual>
          <tt:DHCP>false</tt:DHCP>
        </tt:Config>
      </tt:IPv4>
    </tds:NetworkInterfaces>`;
}
