import type { Secret } from '../../core/secret.ts';
import type { CallerRole } from '../role.ts';

/** Whoever has this value among the values of the claim has this role. */
export interface RoleRule {
  readonly value: string;
  readonly role: CallerRole;
  /** Absent: every site. */
  readonly sites?: readonly string[] | undefined;
}

/** How people of the centre's own directory get in, as the configuration says it. */
export interface OpenIdTerms {
  /** `https://`, or `http://` on the loopback. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Of our own origin; where the directory sends browsers back to. */
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  /** The way to the claim that says the role, a name a step. */
  readonly roleClaim: readonly string[];
  /** The first that fits decides the role. */
  readonly roles: readonly RoleRule[];
  /** Methods (RFC 8176) that a login at the directory must all have used; none: its own affair. */
  readonly requireAmr: readonly string[];
  /** How long ago somebody may have logged in at the directory. */
  readonly maxAgeSeconds?: number | undefined;
  /** Authorities that its certificate is judged by, PEM; the system's unless given. */
  readonly ca?: string | undefined;
}
