/** What services the device has and where: the newer GetServices, and GetCapabilities of Profile S. */
import { type Markup, xml } from './markup.ts';
import { type Call, type OnvifService, type Operation, PATHS } from './service.ts';
import { OnvifFault } from './soap.ts';
import { textOf } from './xml.ts';

/** @param all every service of the device. */
export function serviceDirectory(all: () => readonly OnvifService[]): Record<string, Operation> {
  return {
    GetServices: (call) => services(call, all()),
    GetCapabilities: (call) => capabilities(call, all()),
    GetServiceCapabilities: deviceCapabilities,
  };
}

export function deviceCapabilities(): Markup {
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
