import { z } from 'zod';
import { parseNetwork } from '../core/networks.ts';
import { access } from './access.ts';
import { cameraAlarms, onvif, webhook } from './alarm-sources.ts';
import { controlRoom } from './control-rooms.ts';
import { crossProblems } from './cross-problems.ts';
import { dc09 } from './dc09.ts';
import { cameraRequests, ptz, requestPolicies } from './desk.ts';
import { address, describe, FINGERPRINT, id, name, secretSource, tls } from './fields.ts';
import { closing, incidentPolicies, requestable, sharing } from './incidents.ts';
import { journal } from './journal.ts';
import { outputs } from './outputs.ts';
import { transcode } from './transcode.ts';

/**
 * The one description of the configuration file. Types, defaults, validation, the commented example
 * and the JSON Schema for editors all come from here; a description is written once, next to the
 * field that it describes.
 */

const insecure = describe(
  z.literal(true).optional(),
  'Plain HTTP on an address that others can reach. Pictures and passwords cross the network readable.',
);

const allowedOrigins = describe(
  z
    .array(
      z
        .string()
        .regex(/^https?:\/\/[^/]+$/, 'write scheme and host, for example https://liveview.example'),
    )
    .default([]),
  "Pages besides the gateway's own that may use a login, as behind a reverse proxy, or by a name in plain HTTP. When all of them are https, browsers send the login by TLS alone.",
);

const trustedProxies = describe(
  z
    .array(
      z.string().refine((text) => parseNetwork(text) !== undefined, {
        message: 'write an address or a network, for example 127.0.0.1 or 10.0.0.0/24',
      }),
    )
    .default([]),
  'Reverse proxies that are believed when they say, in X-Forwarded-For, for whom they speak: addresses and networks.',
);

const listener = { listen: address, tls: tls.optional(), insecure, allowedOrigins, trustedProxies };

const maxMbit = describe(
  z.number().min(0.2).max(100_000).optional(),
  'What the pictures of all control rooms together, snapshots too, may take of the line, Mbit/s; no ceiling unless given.',
);

const gateway = z.strictObject({
  name: describe(name.default('Live View'), 'Shown in the consoles.'),
  dataDir: describe(
    z.string().min(1).default('/var/lib/liveview'),
    'Journal, users and tokens. Nothing else is stored; pictures never are.',
  ),
  logLevel: describe(
    z.enum(['error', 'warn', 'info', 'debug']).default('info'),
    'How much is logged.',
  ),
  sessionsPerHost: describe(
    z.int().min(1).max(1_000).default(64),
    'Streams that one camera or recorder is asked for at a time; one more waits for 15 s, then says so.',
  ),
});

const rtspUrl = z.string().superRefine((text, context) => {
  const problem = rtspUrlProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

function rtspUrlProblem(text: string): string | undefined {
  if (!/^rtsps?:\/\//i.test(text)) return 'write a URL that begins with rtsp:// or rtsps://';
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(text)) {
    return 'take user name and password out of the URL; write username: and password: { file: … } beside it';
  }
  if (/\b(pass|passwd|password|pwd)=/i.test(text)) {
    return 'take the password out of the URL; write username: and password: { file: … } beside it';
  }
  return URL.canParse(text) ? undefined : 'this is not a URL';
}

const credentials = {
  username: describe(z.string().min(1).max(128).optional(), 'User on the camera.'),
  password: describe(
    secretSource.optional(),
    'Where its password is: { file: … }, { credential: … } or { env: … }.',
  ),
};

const camera = z.strictObject({
  id: describe(id, 'Short name in addresses and commands; never changes.'),
  site: describe(
    id.optional(),
    'The site that the camera belongs to; may be left out when there is one site.',
  ),
  name: describe(name.optional(), 'Shown in the consoles; the id unless given.'),
  onvif: describe(
    z
      .strictObject({
        host: z.string().min(1).max(253),
        port: z.int().min(1).max(65_535).default(80),
        https: describe(
          z.boolean().default(false),
          'The camera speaks HTTPS; its certificate is not verified.',
        ),
        ...credentials,
      })
      .optional(),
    'Camera found and steered by ONVIF. Its stream addresses are asked of the camera.',
  ),
  rtsp: describe(
    z
      .strictObject({
        main: describe(rtspUrl, 'Full picture.'),
        sub: describe(rtspUrl.optional(), 'Smaller picture, when the camera has one.'),
        ...credentials,
      })
      .optional(),
    'Camera known by its stream addresses. Beside onvif these replace what the camera says.',
  ),
  stream: describe(
    z
      .strictObject({
        transport: describe(
          z.enum(['auto', 'tcp', 'udp', 'multicast', 'http']).default('auto'),
          'How pictures travel. auto tries TCP, UDP, multicast and HTTP, and remembers what worked; udp and multicast fall back to TCP.',
        ),
        httpPort: describe(
          z.int().min(1).max(65_535).optional(),
          'Where the camera takes RTSP through HTTP; 80, or 443 for rtsps://, unless given.',
        ),
        tls: describe(
          z
            .strictObject({
              ca: describe(
                z.string().min(1).optional(),
                'The authority that signed the certificates of the cameras, PEM file.',
              ),
              fingerprint: describe(
                z.string().regex(FINGERPRINT, 'write SHA-256 as 64 hexadecimal digits').optional(),
                'The one certificate that is believed, by its SHA-256 fingerprint.',
              ),
            })
            .optional(),
          "For rtsps://: how the camera's certificate is judged; by the system's authorities unless given.",
        ),
        warm: describe(
          z.enum(['on-demand', 'on-alarm', 'always']).default('on-demand'),
          'When the gateway pulls the stream: for a viewer, while its site has an open alarm or incident too, or always.',
        ),
        stalledSeconds: describe(
          z.int().min(1).max(60).default(3),
          'After this long without a picture viewers are told that it stands still; seconds.',
        ),
        deliver: describe(
          z.enum(['auto', 'passthrough', 'transcode']).default('auto'),
          'How pictures are passed on: as the camera makes them where that will do, always so, or never.',
        ),
      })
      .prefault({}),
    'How the stream is pulled.',
  ),
  ptz: describe(ptz.prefault({}), 'How it is steered.'),
  outputs: describe(
    outputs,
    'What hangs on its relay outputs and can be switched: a light, a siren, a gate.',
  ),
  requests: describe(
    cameraRequests.prefault({}),
    'What a control room may ask of this camera; the policy below unless given.',
  ),
  sharing: describe(
    sharing.optional(),
    'When its owner lets it be shared with control rooms; always unless given.',
  ),
  alarms: describe(cameraAlarms, 'What this camera tells by ONVIF and is an alarm.'),
});

const site = z.strictObject({
  id: describe(id, 'Short name; never changes.'),
  name: describe(name, 'Shown in the consoles.'),
  address: describe(z.string().max(300).optional(), 'Shown to the control room.'),
  contacts: describe(
    z
      .array(
        z.strictObject({
          name,
          phone: z.string().max(40).optional(),
          role: z.string().max(80).optional(),
        }),
      )
      .default([]),
    'Key holders and others to call.',
  ),
  instructions: describe(z.string().max(4000).optional(), 'What the operator has to know or do.'),
  plans: describe(
    z
      .array(
        z.strictObject({
          file: z.string().min(1, 'name a file'),
          name,
          page: z.int().min(1).max(100).optional(),
        }),
      )
      .max(24, 'a site has at most 24 plans')
      .default([]),
    'Floor plans: PNG, JPEG, WebP, or a page of a PDF. Read at the start and at a reload.',
  ),
  requestable: describe(
    requestable.optional(),
    'Control rooms may ask for images of it, and so know that it is there; nobody unless given.',
  ),
});

const alarms = z.strictObject({
  dc09: describe(dc09.optional(), 'SIA DC-09 receiver, for alarm panels.'),
  webhook: describe(webhook, 'Programs that tell of alarms by `POST /v1/alarms`.'),
  onvif: describe(onvif, 'What cameras tell by ONVIF and is an alarm.'),
});

const policies = z.strictObject({
  ...requestPolicies,
  ...incidentPolicies,
  imageDays: describe(
    z.int().min(1).max(28).default(7),
    'How long stills and other images of an incident are kept, from when they were made; days.',
  ),
  requestSeconds: describe(
    z.int().min(5).max(3600).default(60),
    'How long a request waits for the operator before it expires; seconds.',
  ),
  holdSeconds: describe(
    z.int().min(2).max(3600).default(15),
    'How long a camera stays in the hands of whoever does nothing with it; seconds.',
  ),
});

const shape = z.strictObject({
  gateway: describe(gateway.prefault({}), 'The gateway itself.'),
  access: describe(access.prefault({}), 'How people get in, and for how long.'),
  centre: describe(
    z.strictObject({ ...listener, listen: address.default('127.0.0.1:8080') }).prefault({}),
    'Where operators connect. Without tls only a loopback address is allowed.',
  ),
  police: describe(
    z.strictObject({ ...listener, listen: address, maxMbit }).optional(),
    'Where control rooms connect; needs tls. Without this section nobody outside the centre can connect.',
  ),
  controlRooms: describe(
    z.array(controlRoom).default([]),
    'Those with whom an incident can be shared.',
  ),
  sites: describe(z.array(site).default([]), 'Where the cameras are.'),
  cameras: describe(
    z.array(camera).min(1, 'name at least one camera'),
    'The cameras. The only section that is required.',
  ),
  policy: describe(
    policies.prefault({}),
    'What holds for every camera that does not say otherwise.',
  ),
  closing: describe(closing.prefault({}), 'How incidents are closed.'),
  transcode: describe(
    transcode.prefault({}),
    'Pictures that ffmpeg makes of those of the cameras, for viewers and lines that need others.',
  ),
  journal: describe(journal.prefault({}), 'The record of everything that happened.'),
  alarms: describe(alarms.prefault({}), 'Where alarms come from.'),
});

export const configSchema = shape.superRefine((config, context) => {
  for (const { path, message } of crossProblems(config)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** As it may be written. */
export type ConfigInput = z.input<typeof shape>;
/** With every default filled in. */
export type Config = z.output<typeof shape>;
export type CameraConfig = Config['cameras'][number];
export type ListenerConfig = Config['centre'];
export type TranscodeConfig = Config['transcode'];

/** The site of cameras that name none, when the file has no `sites`. */
export const DEFAULT_SITE = 'site';
