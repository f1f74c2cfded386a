import { afterEach, describe, expect, it } from '@jest/globals';
import { SoapClient } from '../../../src/cameras/onvif/soap-client.ts';
import { textOf } from '../../../src/cameras/xml.ts';
import { ScriptedCamera } from '../support/scripted-camera.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('the SOAP client', () => {
  it('is given the answer as it came: the package, which cuts namespaces out, has not read it', async () => {
    const peer = await ScriptedCamera.start({ GetHostname: '<Name>at xmlns="urn:x"</Name>' });
    closing.push(() => peer.stop());
    const order: string[] = [];
    const endpoint = { host: '127.0.0.1', port: peer.port, https: false };
    const client = new SoapClient(endpoint, () => order.push('about to read'));
    closing.push(() => client.close());
    const operation = { service: 'device', name: 'GetHostname' } as const;
    const { signal } = new AbortController();
    const response = await client.post({ path: '/', operation, signal });
    order.push('read');
    expect(textOf(response, 'Name')).toBe('at xmlns="urn:x"');
    expect(order).toEqual(['about to read', 'read']);
  });
});
