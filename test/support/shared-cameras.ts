import type { Incident } from '../../src/liveview/model.ts';
import type { ApiCaller } from './api-caller.ts';

/** An incident at `site` whose cameras a control room may watch for an hour. @returns its id. */
export async function shareWith(
  controlRoom: string,
  operator: ApiCaller,
  cameras: readonly string[],
): Promise<string> {
  const facts = { type: 'robbery', site: 'site', summary: '', cameras };
  const { id } = await operator.call<Incident>('POST', '/v1/incidents', facts);
  await operator.call('PUT', `/v1/incidents/${id}/grants/${controlRoom}`, {
    ...{ cameras, rights: ['view'], expiresInMinutes: 60 },
  });
  return id;
}
