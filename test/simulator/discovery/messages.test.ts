import { describe, expect, it } from '@jest/globals';
import {
  announcement,
  answer,
  type DiscoverableDevice,
  parseQuestion,
  type Question,
} from '../../../src/simulator/discovery/messages.ts';
import { find, parseXml, textOf } from '../../../src/simulator/onvif/xml.ts';
import { probe, resolve } from './support.ts';

const device: DiscoverableDevice = {
  uuid: '0a1b2c3d-0000-5000-8000-000000000001',
  scopes: ['onvif://www.onvif.org/type/ptz', 'onvif://www.onvif.org/name/Plein%20%26%20markt'],
  xaddrs: ['http://127.0.0.1:8000/onvif/device_service'],
};

describe('parseQuestion', () => {
  it.each([
    ['no types and no scopes', ''],
    ['empty types and scopes', '<d:Types/><d:Scopes/>'],
    ['the type of network cameras', '<d:Types>dn:NetworkVideoTransmitter</d:Types>'],
    ['the type of devices', '<d:Types>tds:Device</d:Types>'],
    ['both types', '<d:Types> dn:NetworkVideoTransmitter\n tds:Device </d:Types>'],
    ['a scope of the device', '<d:Scopes>onvif://www.onvif.org/type/ptz</d:Scopes>'],
    [
      'the same prefix bound to another name',
      '<d:Types xmlns:x="http://www.onvif.org/ver10/network/wsdl">x:NetworkVideoTransmitter</d:Types>',
    ],
  ])('matches a Probe with %s', (_, content) => {
    expect(parseQuestion(probe(content))?.matches(device)).toBe(true);
  });

  it.each([
    ['a type of another namespace', '<d:Types>tds:NetworkVideoTransmitter</d:Types>'],
    ['a prefix that is not declared', '<d:Types>zz:Device</d:Types>'],
    ['a printer', '<d:Types>dn:NetworkVideoTransmitter dn:Printer</d:Types>'],
    [
      'a scope that it lacks',
      '<d:Scopes>onvif://www.onvif.org/type/ptz onvif://www.onvif.org/location</d:Scopes>',
    ],
  ])('does not match a Probe for %s', (_, content) => {
    expect(parseQuestion(probe(content))?.matches(device)).toBe(false);
  });

  it.each([
    ['urn:uuid: form', `urn:uuid:${device.uuid}`, true],
    ['uuid: form in capitals', `uuid:${device.uuid.toUpperCase()}`, true],
    ['another device', 'urn:uuid:0a1b2c3d-0000-5000-8000-000000000002', false],
  ])('resolves an endpoint: %s', (_, address, expected) => {
    expect(parseQuestion(resolve(address))?.matches(device)).toBe(expected);
  });

  it('hears no question in an answer, in a Hello, or in other SOAP', () => {
    const sequence = { instanceId: 1, messageNumber: 1 };
    const asked = parseQuestion(probe('')) as Question;
    for (const message of [
      answer(asked, device, 'urn:uuid:a', sequence),
      announcement('Hello', device, 'urn:uuid:b', sequence),
      probe('').replace('2005/04/discovery', 'other'),
      probe('').replace(/<a:MessageID>.*<\/a:MessageID>/, ''),
    ]) {
      expect(parseQuestion(message.toString())).toBeUndefined();
    }
  });
});

describe('answer', () => {
  it('relates to the question and describes the device', () => {
    const asked = parseQuestion(probe('', 'urn:uuid:the-question')) as Question;
    const message = answer(asked, device, 'urn:uuid:mine', { instanceId: 7, messageNumber: 3 });
    const envelope = parseXml(message.toString());
    const match = find(envelope, 'Body', 'ProbeMatches', 'ProbeMatch');
    expect(textOf(envelope, 'Header', 'RelatesTo')).toBe('urn:uuid:the-question');
    expect(find(envelope, 'Header', 'AppSequence')?.attributes.get('MessageNumber')).toBe('3');
    expect(textOf(match, 'EndpointReference', 'Address')).toBe(`urn:uuid:${device.uuid}`);
    expect(textOf(match, 'Scopes')?.split(' ')).toEqual(device.scopes);
    expect(textOf(match, 'XAddrs')).toBe(device.xaddrs[0]);
  });
});
