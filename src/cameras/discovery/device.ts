/** A device that answered a WS-Discovery probe, or said Hello while one was going on. */
export interface DiscoveredDevice {
  /** Lower case, without `urn:` and `uuid:`; devices are told apart by it. */
  readonly uuid: string;
  /** Addresses of its device service as it gave them: http, https, IPv4, IPv6. */
  readonly xaddrs: readonly string[];
  /** Local names, such as `NetworkVideoTransmitter`. */
  readonly types: readonly string[];
  readonly scopes: readonly string[];
  readonly name?: string;
  readonly hardware?: string;
  readonly location?: string;
  /** Where its answer came from. */
  readonly address: string;
  readonly interfaceName: string;
}
