import { z } from 'zod';
import { address, describe, id, secretSource, tls } from './fields.ts';

/** The section `alarms.dc09`: where alarm panels report, and which there are. */

/** Zones are compared without the zeros in front: `012` is 12. */
const zoneNumber = z.string().regex(/^[0-9A-Fa-f]{1,6}$/, 'use the number of the zone');
const cameras = z.array(id).min(1, 'name a camera, or leave this out').max(64);

const zone = z.strictObject({
  name: describe(z.string().trim().min(1).max(80).optional(), 'What it is called.'),
  cameras: describe(cameras.optional(), 'Cameras that see it; those of the account unless given.'),
});

const panel = z.strictObject({
  site: describe(id, 'The site that it guards.'),
  key: describe(
    secretSource.optional(),
    'Where its AES key is, 32, 48 or 64 hexadecimal digits: { file: … }, { credential: … } or { env: … }.',
  ),
  unencrypted: describe(
    z.boolean().default(false),
    'Take what it sends in the clear although it has a key.',
  ),
  timestamps: describe(
    z.enum(['encrypted', 'all', 'none']).default('encrypted'),
    'Which of its messages must tell the right time; the others only say it.',
  ),
  supervisionSeconds: describe(
    z.int().min(10).max(604_800).optional(),
    'A panel that says nothing for longer is an alarm; not watched unless given. Seconds.',
  ),
  cameras: describe(
    cameras.optional(),
    'Cameras that see what it guards; those of the site unless given.',
  ),
  zones: describe(z.record(zoneNumber, zone).default({}), 'Its zones by number.'),
});
export type PanelConfig = z.output<typeof panel>;

export const dc09 = z.strictObject({
  listen: describe(
    address.optional(),
    'Where panels report, in the clear or encrypted by themselves.',
  ),
  transport: describe(
    z.enum(['both', 'tcp', 'udp']).optional(),
    'By which protocol; both unless given.',
  ),
  tls: describe(
    tls
      .extend({
        listen: describe(
          address.optional(),
          'An address of its own for TLS; without it the address above takes TLS and nothing else.',
        ),
      })
      .optional(),
    'For panels that speak TLS.',
  ),
  insecure: describe(
    z.literal(true).optional(),
    'Take panels without a key on an address that others can reach: whoever reaches it can raise their alarms.',
  ),
  accounts: describe(
    z.record(
      z.string().regex(/^[0-9A-Fa-f]{3,16}$/, 'use 3–16 hexadecimal digits'),
      z.union([id, panel], 'write the id of a site, or { site: …, key: …, … }'),
    ),
    'The panels: account number to site, or to { site, key, … }.',
  ),
});
export type Dc09Config = z.output<typeof dc09>;
