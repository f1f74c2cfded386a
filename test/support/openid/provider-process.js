/**
 * A directory in a process of its own: oidc-provider, with a page on which one says who one is and no password.
 * Takes a port (0: any), says its address in a line of JSON, takes its settings in another, and serves.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const server = createServer();
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(JSON.stringify({ issuer }));
const { value: line } = await lines.next();
const provider = makeProvider(JSON.parse(line));
const serve = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return serve(request, response);
  interact(provider, request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end('the page failed');
  });
});
console.log(JSON.stringify({ serving: true }));

function makeProvider({ people = {}, clients = [], keys }) {
  const provider = new Provider(issuer, {
    clients,
    ...(keys ? { jwks: { keys } } : {}),
    cookies: { keys: ['a key of a test'] },
    claims: {
      openid: ['sub', 'amr'],
      profile: ['name', 'preferred_username'],
      groups: ['groups', 'realm_access'],
    },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: { Session: 3600, Grant: 3600, IdToken: 600, Interaction: 600, AccessToken: 600 },
    // Whoever logs in agrees by that.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session.accountId,
        clientId: oidc.client.clientId,
      });
      grant.addOIDCScope('openid profile groups');
      await grant.save();
      return grant;
    },
    findAccount(_context, id) {
      const claims = Object.hasOwn(people, id) ? people[id] : undefined;
      return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
    },
    // The one that it has goes to no address of this machine.
    fetch: (url, { method, headers, body }) =>
      fetch(url, { method, headers, body, signal: AbortSignal.timeout(5_000) }),
  });
  provider.on('backchannel.error', (_context, error) => console.error(error));
  provider.on('server_error', (_context, error) => console.error(error));
  return provider;
}

async function interact(provider, request, response) {
  if (request.method === 'GET') {
    await provider.interactionDetails(request, response);
    response.writeHead(200, { 'content-type': 'text/html' });
    return response.end(PAGE);
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const result = form.has('cancel')
    ? { error: 'access_denied', error_description: 'called off' }
    : {
        login: {
          accountId: form.get('who'),
          amr: form.has('telephone') ? ['pwd', 'mfa'] : ['pwd'],
        },
      };
  return provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: false,
  });
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>Directory</title><link rel="icon" href="data:,">
<h1>The directory of the test</h1>
<form method="post">
<label>Who are you <input name="who" autofocus></label>
<label><input name="telephone" type="checkbox"> With my telephone</label>
<button type="submit">Log in at the directory</button>
<button type="submit" name="cancel" value="1">Never mind</button>
</form>`;
