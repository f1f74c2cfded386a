/**
 * Session descriptions (RFC 4566, RFC 2326 appendix C), read line by line: a line that cannot be
 * read is skipped, because cameras get most of them wrong and three of them matter.
 *
 *   m=video 0 RTP/AVP 96             kind, port, protocol, payload types
 *   c=IN IP4 239.1.2.3/15            address, before the first m= for all of them
 *   a=rtpmap:96 H264/90000           payload type, encoding, clock rate
 *   a=fmtp:96 name=value;name=value
 *   a=control:trackID=1              for the session before the first m=, then for that media
 *   a=source-filter: incl IN IP4 239.1.2.3 192.0.2.1     who sends to the group (RFC 4570)
 */
export interface SessionDescription {
  /** The session's `a=control`, as sent. */
  readonly control: string | undefined;
  readonly media: readonly SdpMedia[];
}

export interface SdpMedia {
  /** `video`, `audio`, `application` … */
  readonly kind: string;
  readonly control: string | undefined;
  readonly formats: readonly SdpFormat[];
  /** 0 when the camera leaves it to SETUP. */
  readonly port: number;
  /** Of `c=`, without TTL. */
  readonly address: string | undefined;
  /** The one sender of a multicast group. */
  readonly source: string | undefined;
}

export interface SdpFormat {
  readonly payloadType: number;
  /** In upper case, empty when the camera did not say. */
  readonly encoding: string;
  readonly clockRate: number;
  /** Of `a=fmtp`, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_LINES = 1_000;
const MAX_MEDIA = 32;
const MAX_FORMATS = 32;
/** Of one `a=fmtp`; H.265 has the most, about thirty. */
const MAX_PARAMETERS = 64;
/** No server takes a longer address. */
const MAX_ATTRIBUTE = 2_048;

/** What stands before the first media and holds for each that does not say otherwise. */
interface SessionDraft {
  control: string | undefined;
  address: string | undefined;
  source: string | undefined;
}

interface MediaDraft extends SessionDraft {
  kind: string;
  port: number;
  payloadTypes: number[];
  rtpmap: Map<number, string>;
  fmtp: Map<number, string>;
}

export function parseSdp(text: string): SessionDescription {
  const session: SessionDraft = { control: undefined, address: undefined, source: undefined };
  const media: MediaDraft[] = [];
  for (const line of text.split(/\r\n|\r|\n/, MAX_LINES)) {
    const current = media.at(-1);
    const [type, value] = halves(line, '=');
    if (type === 'm' && media.length < MAX_MEDIA) media.push(parseMedia(value));
    else if (type === 'c') (current ?? session).address ??= connectionAddress(value);
    else if (type !== 'a') continue;
    else if (current) mediaAttribute(current, value);
    else sessionAttribute(session, value);
  }
  return {
    control: session.control || undefined,
    media: media.map((draft) => finished(draft, session)),
  };
}

function parseMedia(value: string): MediaDraft {
  const [kind = '', port = '', _protocol, ...types] = value.split(/\s+/);
  const payloadTypes = [...new Set(types.map(Number))].filter(isPayloadType);
  return {
    kind: kind.toLowerCase(),
    port: /^\d{1,5}/.test(port) ? Number.parseInt(port, 10) : 0,
    control: undefined,
    address: undefined,
    source: undefined,
    payloadTypes: payloadTypes.slice(0, MAX_FORMATS),
    rtpmap: new Map(),
    fmtp: new Map(),
  };
}

function isPayloadType(type: number): boolean {
  return Number.isInteger(type) && type >= 0 && type < 128;
}

/** `IN IP4 239.1.2.3/15`. */
function connectionAddress(value: string): string | undefined {
  return /^IN\s+IP[46]\s+([0-9a-f.:]+)/i.exec(value)?.[1];
}

function sessionAttribute(draft: SessionDraft, value: string): void {
  draft.control ??= attribute(value, 'control');
  draft.source ??= /^incl\s+IN\s+IP[46]\s+\S+\s+([0-9a-f.:]+)$/i.exec(
    attribute(value, 'source-filter') ?? '',
  )?.[1];
}

function mediaAttribute(media: MediaDraft, value: string): void {
  sessionAttribute(media, value);
  const [, name, type, rest = ''] = /^(rtpmap|fmtp)\s*:\s*(\d{1,3})\s(.*)$/is.exec(value) ?? [];
  if (name?.toLowerCase() === 'rtpmap') media.rtpmap.set(Number(type), rest.trim());
  else if (name) media.fmtp.set(Number(type), rest.trim());
}

function attribute(value: string, name: string): string | undefined {
  const [before, after] = halves(value, ':');
  return before.toLowerCase() === name && after.length <= MAX_ATTRIBUTE ? after : undefined;
}

/** What is before and after the first of these signs, trimmed; nothing where there is none. */
function halves(text: string, sign: string): readonly [before: string, after: string] {
  const at = text.indexOf(sign);
  return at < 0 ? ['', ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** A media line without payload types is completed by its `rtpmap` lines. */
function finished(draft: MediaDraft, session: SessionDraft): SdpMedia {
  const types = draft.payloadTypes.length > 0 ? draft.payloadTypes : [...draft.rtpmap.keys()];
  const formats = types.slice(0, MAX_FORMATS).map((payloadType) => format(draft, payloadType));
  const { kind, port } = draft;
  return {
    ...{ kind, port, formats },
    control: draft.control || undefined,
    address: draft.address ?? session.address,
    source: draft.source ?? session.source,
  };
}

function format(draft: MediaDraft, payloadType: number): SdpFormat {
  const parameters = parseParameters(draft.fmtp.get(payloadType) ?? '');
  const [name = '', rate = ''] = (draft.rtpmap.get(payloadType) ?? '').split('/');
  const clockRate = Number.parseInt(rate, 10);
  return {
    payloadType,
    encoding: name.trim().toUpperCase() || guessedEncoding(payloadType, parameters),
    clockRate: clockRate > 0 ? clockRate : 90_000,
    parameters,
  };
}

function parseParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(';', MAX_PARAMETERS)) {
    const [name, value] = halves(part, '=');
    if (name !== '') parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

/** RFC 3551 §6, or what only one codec has as a parameter. */
function guessedEncoding(payloadType: number, parameters: ReadonlyMap<string, string>): string {
  if (parameters.has('sprop-parameter-sets')) return 'H264';
  if (parameters.has('sprop-sps')) return 'H265';
  return STATIC_TYPES.get(payloadType) ?? '';
}

const STATIC_TYPES = new Map([
  [26, 'JPEG'],
  [31, 'H261'],
  [32, 'MPV'],
  [33, 'MP2T'],
  [34, 'H263'],
]);
