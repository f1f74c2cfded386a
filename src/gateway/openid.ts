import type { OpenIdTerms } from '../access/openid/terms.ts';
import type { OpenIdConfig } from '../config/openid.ts';
import { readSecret } from '../config/secrets.ts';
import { readAuthorities } from '../config/trust.ts';

/** How people of the directory get in. @throws LiveViewError `secret-missing`. */
export function openIdTerms(config: OpenIdConfig): OpenIdTerms {
  const { issuer, clientId, redirectUrl, scopes, roleClaim, roles, requireAmr } = config;
  const { clientSecret, maxAgeMinutes, ca } = config;
  return {
    ...{ issuer, clientId, redirectUrl, scopes, roles, requireAmr },
    clientSecret: readSecret(clientSecret),
    roleClaim: [roleClaim].flat(),
    ...(maxAgeMinutes === undefined ? {} : { maxAgeSeconds: Math.round(maxAgeMinutes * 60) }),
    ...(ca === undefined ? {} : { ca: readAuthorities(ca, 'the directory') }),
  };
}
