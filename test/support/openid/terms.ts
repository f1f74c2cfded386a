import type { OpenIdTerms } from '../../../src/access/openid/terms.ts';
import { Secret } from '../../../src/core/secret.ts';
import { CLIENT_ID, CLIENT_SECRET } from './directory.ts';

/** How people get in by the directory of a test: nobody does unless told otherwise. */
export function termsOf(issuer: string, more: Partial<OpenIdTerms> = {}): OpenIdTerms {
  return {
    ...{ issuer, clientId: CLIENT_ID, clientSecret: new Secret(CLIENT_SECRET) },
    redirectUrl: 'http://127.0.0.1:8080/v1/session/openid/callback',
    ...{ scopes: ['profile'], roleClaim: ['groups'], roles: [], requireAmr: [] },
    ...more,
  };
}
