import { type DeviceIdentity, macAddress } from './identity.ts';
import { type Markup, xml } from './markup.ts';
import { type Call, type OnvifService, PATHS } from './service.ts';
import { invalidArgument, NAMESPACES, OnvifFault } from './soap.ts';
import { find, textOf, type XmlElement } from './xml.ts';

/** What the device service needs of the device. */
export interface DeviceServiceOptions {
  identity: DeviceIdentity;
  scopes: readonly string[];
  host: string;
  username: string | undefined;
  /** The device's own idea of the time, Unix ms. */
  nowMs: () => number;
  setTimeMs: (unixMs: number) => void;
  /** Every service of the device, this one included. */
  services: () => readonly OnvifService[];
}

/** The Device Management service (ONVIF Core §8). */
export function deviceService(options: DeviceServiceOptions): OnvifService {
  const { identity } = options;
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
      GetSystemDateAndTime: () => systemDateAndTime(options.nowMs()),
      SetSystemDateAndTime: ({ body }) => {
        if (textOf(body, 'DateTimeType') === 'Manual') options.setTimeMs(timeAsked(body));
        return xml``;
      },
      GetDeviceInformation: () => xml`
        <tds:Manufacturer>${identity.manufacturer}</tds:Manufacturer>
        <tds:Model>${identity.model}</tds:Model>
        <tds:FirmwareVersion>${identity.firmware}</tds:FirmwareVersion>
        <tds:SerialNumber>${identity.serialNumber}</tds:SerialNumber>
        <tds:HardwareId>${identity.hardwareId}</tds:HardwareId>`,
      GetCapabilities: (call) => capabilities(call, options.services()),
      GetServices: (call) => services(call, options.services()),
      GetServiceCapabilities: () => deviceCapabilities(),
      GetScopes: () =>
        xml`${options.scopes.map(
          (scope) => xml`
            <tds:Scopes>
              <tt:ScopeDef>${scope.includes('/name/') || scope.includes('/location/') ? 'Configurable' : 'Fixed'}</tt:ScopeDef>
              <tt:ScopeItem>${scope}</tt:ScopeItem>
            </tds:Scopes>`,
        )}`,
      GetHostname: () => xml`
        <tds:HostnameInformation>
          <tt:FromDHCP>false</tt:FromDHCP>
          <tt:Name>${identity.serialNumber.replace(/[^A-Za-z0-9-]/g, '-')}</tt:Name>
        </tds:HostnameInformation>`,
      GetNetworkInterfaces: () => networkInterfaces(identity, options.host),
      GetUsers: () =>
        options.username === undefined
          ? xml``
          : xml`
            <tds:User>
              <tt:Username>${options.username}</tt:Username>
              <tt:UserLevel>Administrator</tt:UserLevel>
            </tds:User>`,
    },
  };
}

function deviceCapabilities(): Markup {
  return xml`
    <tds:Capabilities>
      <tds:Network IPFilter="false" ZeroConfiguration="false" IPVersion6="false" DynDNS="false"/>
      <tds:Security TLS1.1="false" TLS1.2="false" OnboardKeyGeneration="false" AccessPolicyConfig="false"
        UsernameToken="true" HttpDigest="true"/>
      <tds:System DiscoveryResolve="true" DiscoveryBye="true" RemoteDiscovery="false" SystemBackup="false"
        SystemLogging="false" FirmwareUpgrade="false"/>
    </tds:Capabilities>`;
}

/** The older answer to what GetServices says; clients of Profile S still ask for it. */
function capabilities({ body, base }: Call, services: readonly OnvifService[]): Markup {
  const asked = body.children.filter(({ name }) => name === 'Category').map(({ text }) => text);
  const wanted = (category: string) =>
    asked.length === 0 || asked.includes('All') || asked.includes(category);
  const has = (prefix: string) => services.some((service) => service.prefix === prefix);
  if (asked.includes('PTZ') && !has('tptz')) {
    throw new OnvifFault(
      'Receiver',
      ['ActionNotSupported', 'NoSuchService'],
      'there is no PTZ service',
    );
  }
  return xml`
    <tds:Capabilities>
      ${wanted('Device') ? xml`<tt:Device><tt:XAddr>${base}${PATHS.tds}</tt:XAddr></tt:Device>` : undefined}
      ${wanted('Events') && has('tev') ? eventCapabilities(base) : undefined}
      ${wanted('Media') ? mediaCapabilities(base) : undefined}
      ${wanted('PTZ') && has('tptz') ? xml`<tt:PTZ><tt:XAddr>${base}${PATHS.tptz}</tt:XAddr></tt:PTZ>` : undefined}
    </tds:Capabilities>`;
}

function eventCapabilities(base: string): Markup {
  return xml`
    <tt:Events>
      <tt:XAddr>${base}${PATHS.tev}</tt:XAddr>
      <tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>
      <tt:WSPullPointSupport>true</tt:WSPullPointSupport>
      <tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>
    </tt:Events>`;
}

function mediaCapabilities(base: string): Markup {
  return xml`
    <tt:Media>
      <tt:XAddr>${base}${PATHS.trt}</tt:XAddr>
      <tt:StreamingCapabilities>
        <tt:RTPMulticast>false</tt:RTPMulticast>
        <tt:RTP_TCP>true</tt:RTP_TCP>
        <tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>
      </tt:StreamingCapabilities>
    </tt:Media>`;
}

function services({ body, base }: Call, all: readonly OnvifService[]): Markup {
  const withCapability = ['true', '1'].includes(textOf(body, 'IncludeCapability') ?? '');
  const listed = all.filter((service) => service.path !== PATHS.subscription);
  return xml`${listed.map(
    (service) => xml`
      <tds:Service>
        <tds:Namespace>${service.namespace}</tds:Namespace>
        <tds:XAddr>${base}${service.path}</tds:XAddr>
        ${withCapability ? xml`<tds:Capabilities>${service.capabilities()}</tds:Capabilities>` : undefined}
        <tds:Version>
          <tt:Major>${service.version.major}</tt:Major>
          <tt:Minor>${service.version.minor}</tt:Minor>
        </tds:Version>
      </tds:Service>`,
  )}`;
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
