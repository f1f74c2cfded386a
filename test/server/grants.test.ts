import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { incidentAnswer } from '../../src/server/incident-schemas.ts';
import { cameraAnswer } from '../../src/server/schemas.ts';
import { DIRECTORY, Harness } from './harness.ts';

describe('shares by the HTTP API', () => {
  let harness: Harness;
  beforeAll(async () => {
    const cameras = new Map(DIRECTORY.cameras);
    const vault = cameras.get('shop-2');
    if (vault) {
      const sharing = { timezone: 'Europe/Amsterdam', types: ['fire'] } as const;
      cameras.set('shop-2', { ...vault, sharing });
    }
    harness = await new Harness({ directory: { ...DIRECTORY, cameras } }).start();
  });
  afterAll(() => harness.stop());

  const centre = async (method: string, path: string, json?: unknown) => {
    const token = harness.token('operator');
    const response = await harness.fetch('centre', path, { method, token, json });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const open = async (type = 'robbery'): Promise<string> => {
    const json = { type, site: 'jeweller', cameras: ['shop-1', 'shop-2', 'square-1'] };
    return (await centre('POST', '/v1/incidents', json)).body.id;
  };
  const share = (id: string, room: string, cameras: string[]) =>
    centre('PUT', `/v1/incidents/${id}/grants/${room}`, { cameras, rights: ['view', 'switch'] });
  const grants = ({ body }: { body: unknown }) => incidentAnswer.parse(body).grants;

  it('are extended by an act', async () => {
    const id = await open();
    const [before] = grants(await share(id, 'rotterdam', ['shop-1']));
    const path = `/v1/incidents/${id}/grants/rotterdam/extend`;
    const [after] = grants(await centre('POST', path, { minutes: 120 }));
    const longer = Date.parse(after?.expiresAt ?? '') - Date.parse(before?.expiresAt ?? '');
    expect(longer).toBeGreaterThanOrEqual(60 * 60_000);
    expect((await centre('POST', path, {})).status).toBe(200);
    const refusals = [
      await centre('POST', path, { minutes: 1_441 }),
      await centre('POST', `/v1/incidents/${id}/grants/den-haag/extend`, {}),
    ];
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'invalid-request'],
      [404, 'grant-expired'],
    ]);
  });

  it('lose one camera of one room, one camera of all, or everything', async () => {
    const id = await open();
    await share(id, 'rotterdam', ['shop-1', 'square-1']);
    await share(id, 'den-haag', ['shop-1', 'square-1']);
    const path = `/v1/incidents/${id}/grants`;
    const left = async (at: string) =>
      grants(await centre('DELETE', path + at)).map(({ controlRoom, cameras }) => [
        controlRoom,
        ...cameras,
      ]);
    expect(await left('/rotterdam?camera=shop-1')).toEqual([
      ['rotterdam', 'square-1'],
      ['den-haag', 'shop-1', 'square-1'],
    ]);
    expect(await left('?camera=square-1')).toEqual([['den-haag', 'shop-1']]);
    expect(await left('')).toEqual([]);
  });

  it('say why the owner of a camera does not let it be shared', async () => {
    const refused = await share(await open(), 'rotterdam', ['shop-2']);
    expect([refused.status, refused.body.code]).toEqual([422, 'camera-not-for-type']);
    expect(refused.body.detail).toContain('for fire only');
    expect((await share(await open('fire'), 'rotterdam', ['shop-2'])).status).toBe(200);
  });

  it('do not name a camera as a neighbour whose owner does not let it be shared now', async () => {
    const neighbours = async (type: string) => {
      const id = await open(type);
      await share(id, 'rotterdam', ['shop-1']);
      const token = harness.token('dispatcher', 'rotterdam');
      const response = await harness.fetch('police', `/v1/incidents/${id}`, { token });
      return incidentAnswer.parse(await response.json()).neighbours?.map((each) => each.id);
    };
    expect(await neighbours('robbery')).toEqual([]);
    expect(await neighbours('fire')).toEqual(['shop-2']);
  });

  it("show the centre the owner's word", async () => {
    const { body } = await centre('GET', '/v1/cameras/shop-2');
    expect(cameraAnswer.parse(body).sharing).toEqual({
      ...{ timezone: 'Europe/Amsterdam', types: ['fire'] },
    });
    expect((await centre('GET', '/v1/cameras/shop-1')).body.sharing).toBeUndefined();
  });
});
