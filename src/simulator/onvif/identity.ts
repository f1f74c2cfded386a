import { createHash } from 'node:crypto';

/** Who the device says it is. */
export interface DeviceIdentity {
  readonly manufacturer: string;
  readonly model: string;
  /** Text, also when it looks like a number: "1.10" is not 1.1. */
  readonly firmware: string;
  readonly serialNumber: string;
  readonly hardwareId: string;
  readonly name: string;
  readonly location: string;
}

const SCOPE = 'onvif://www.onvif.org';

/** The scopes of ONVIF Core §7.3.2.2, values percent-encoded. */
export function scopesOf(identity: DeviceIdentity, hasPtz: boolean, media2: boolean): string[] {
  const encoded = (value: string) => encodeURIComponent(value);
  return [
    `${SCOPE}/type/video_encoder`,
    `${SCOPE}/type/Network_Video_Transmitter`,
    ...(hasPtz ? [`${SCOPE}/type/ptz`] : []),
    `${SCOPE}/Profile/Streaming`,
    ...(media2 ? [`${SCOPE}/Profile/T`] : []),
    `${SCOPE}/name/${encoded(identity.name)}`,
    `${SCOPE}/hardware/${encoded(identity.hardwareId)}`,
    `${SCOPE}/location/${encoded(identity.location)}`,
  ];
}

/** The same for the same device every time it is switched on, as WS-Discovery §2.6 wants. */
export function endpointUuid(identity: DeviceIdentity): string {
  const seed = `${identity.manufacturer}\n${identity.model}\n${identity.serialNumber}`;
  const bytes = createHash('sha1').update(seed).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6); // RFC 9562 §5.5: version 5
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A locally administered hardware address made from the same seed. */
export function macAddress(identity: DeviceIdentity): string {
  const digits = endpointUuid(identity).replaceAll('-', '').slice(0, 10);
  return `02:${(digits.match(/../g) ?? []).join(':')}`;
}
