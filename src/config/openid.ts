import { z } from 'zod';
import { isLoopback } from './address.ts';
import { describe, id, secretSource } from './fields.ts';

/** Where the directory sends browsers back to, on the centre's listener. */
export const CALLBACK_PATH = '/v1/session/openid/callback';

const words = z.string().trim().min(1).max(60);
const claimName = z.string().min(1).max(120);
/** RFC 6749 §3.3 */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'a scope has no blanks');

const issuer = z
  .string()
  .max(1_000)
  .refine(isPrivateUrl, 'write an address that begins with https://, or http:// on this machine')
  .refine((text) => !/[?#]|\/\/[^/]*@/.test(text), 'write it without user name, ? and #');

const redirectUrl = z
  .string()
  .max(1_000)
  .refine(isPrivateUrl, 'write an address that begins with https://, or http:// on this machine')
  .refine(
    (text) => /^https?:\/\/[^/?#@]+(\/[^?#]*)$/.exec(text)?.[1] === CALLBACK_PATH,
    `write scheme and host of the centre's console, then ${CALLBACK_PATH}`,
  );

const rule = z.strictObject({
  value: describe(z.string().min(1).max(200), 'Whoever has this among the values of the claim.'),
  role: describe(
    z.enum(['operator', 'supervisor', 'admin', 'auditor']),
    'What they are: operator, supervisor, admin or auditor.',
  ),
  sites: describe(
    z.array(id).min(1).max(1_024).optional(),
    'The sites that they are limited to (operators and supervisors); all unless given.',
  ),
});

/** The centre's own directory: OpenID Connect. */
export const openid = z.strictObject({
  issuer: describe(
    issuer,
    'The directory, by the address that its own description names as issuer.',
  ),
  clientId: describe(z.string().min(1).max(200), 'As the gateway is registered there.'),
  clientSecret: describe(
    secretSource,
    'Where its secret is: { file: … }, { credential: … } or { env: … }.',
  ),
  redirectUrl: describe(
    redirectUrl,
    `Address of the centre's console as browsers know it, with ${CALLBACK_PATH}; registered there.`,
  ),
  name: describe(
    z.union([words, z.strictObject({ nl: words, en: words })]),
    'What the button of the login calls it; a name, or { nl: …, en: … }.',
  ),
  scopes: describe(
    z.array(scope).max(16).default(['profile']),
    'What is asked for besides openid, for the claims below to be in the ID token.',
  ),
  roleClaim: describe(
    z.union([claimName, z.array(claimName).min(1).max(8)]).default('groups'),
    'The claim whose values say the role; a list of names for one within another.',
  ),
  roles: describe(
    z.array(rule).min(1, 'say who has which role').max(256),
    'Which values give which role; the first that fits. Whoever has none of them does not get in.',
  ),
  requireAmr: describe(
    z.array(z.string().min(1).max(60)).max(8).default([]),
    'Methods that the directory must say it used (claim amr), e.g. mfa.',
  ),
  maxAgeMinutes: describe(
    z.number().min(1).max(1_440).optional(),
    'Whoever logged in at the directory longer ago logs in there again; its own affair unless given. Minutes.',
  ),
  localUsers: describe(
    z.boolean().default(true),
    'Whether local users get in at the centre too, with a password: for when the directory is down.',
  ),
  ca: describe(
    z.string().min(1).optional(),
    "The authority of the directory's certificate, PEM file; the system's authorities unless given.",
  ),
});
export type OpenIdConfig = z.output<typeof openid>;

/** By HTTPS; on this machine by HTTP too. */
function isPrivateUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
