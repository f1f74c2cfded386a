import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type OnvifDevice, startOnvifDevice } from '../../../src/simulator/onvif/device.ts';
import { find, textOf } from '../../../src/simulator/onvif/xml.ts';
import { until } from '../../support/until.ts';
import { deviceOptions, envelope, post, signed } from './support.ts';

let device: OnvifDevice;
afterEach(() => device.stop());

describe('a virtual camera', () => {
  it('says who it is as text, however much that looks like a number or like XML', async () => {
    await started();
    const { content } = await signed(device.url, '<tds:GetDeviceInformation/>');
    expect(content?.children.map(({ name, text }) => [name, text])).toEqual([
      ['Manufacturer', 'Voorbeeld'],
      ['Model', 'Dome <2>'],
      ['FirmwareVersion', '1.10'],
      ['SerialNumber', 'SN-0042'],
      ['HardwareId', '0'],
    ]);
  });

  it('keeps its endpoint when it is switched off and on', async () => {
    await started();
    const { uuid } = device.endpoint;
    await device.stop();
    await started();
    expect(device.endpoint.uuid).toBe(uuid);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('lists the services that it has, at the address where it was reached', async () => {
    await started({ media2: false });
    const { content } = await signed(
      device.url,
      '<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>',
    );
    const base = `http://127.0.0.1:${device.port}/onvif`;
    expect(content?.children.map((service) => textOf(service, 'XAddr'))).toEqual([
      `${base}/device_service`,
      `${base}/media_service`,
      `${base}/event_service`,
    ]);
    expect(find(content?.children[1], 'Capabilities', 'Capabilities')).toBeDefined();
  });

  it('gives out another host when it does not know where it is', async () => {
    await started({ advertisedHost: '192.0.2.7' });
    const { content } = await signed(
      `http://127.0.0.1:${device.port}/onvif/device_service`,
      '<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>',
    );
    const address = `http://192.0.2.7:${device.port}/onvif/media_service`;
    expect(textOf(content, 'Capabilities', 'Media', 'XAddr')).toBe(address);
    expect(find(content, 'Capabilities', 'Device')).toBeUndefined();
  });

  it('has a clock that can be set', async () => {
    await started();
    await signed(
      device.url,
      `<tds:SetSystemDateAndTime><tds:DateTimeType>Manual</tds:DateTimeType><tds:UTCDateTime>
        <tt:Time><tt:Hour>4</tt:Hour><tt:Minute>5</tt:Minute><tt:Second>6</tt:Second></tt:Time>
        <tt:Date><tt:Year>2020</tt:Year><tt:Month>2</tt:Month><tt:Day>3</tt:Day></tt:Date>
      </tds:UTCDateTime></tds:SetSystemDateAndTime>`,
    );
    const { content } = await post(device.url, '<tds:GetSystemDateAndTime/>');
    const utc = find(content, 'SystemDateAndTime', 'UTCDateTime');
    expect(textOf(utc, 'Date', 'Year')).toBe('2020');
    expect(textOf(utc, 'Time', 'Hour')).toBe('4');
    expect(device.clockOffsetMs).toBeLessThan(0);
  });

  it.each(['trt', 'tr2'])('passes a wish for a key frame on (%s)', async (prefix) => {
    const asked: string[] = [];
    await started({ onSynchronizationPoint: (token) => asked.push(token) });
    const body = `<${prefix}:SetSynchronizationPoint><${prefix}:ProfileToken>sub</${prefix}:ProfileToken></${prefix}:SetSynchronizationPoint>`;
    expect((await signed(device.url, body)).status).toBe(200);
    expect(asked).toEqual(['sub']);
  });

  it('includes only the configurations that a Media2 client asks for', async () => {
    await started();
    const names = async (types: string) => {
      const { content } = await signed(device.url, `<tr2:GetProfiles>${types}</tr2:GetProfiles>`);
      return find(content, 'Profiles', 'Configurations')?.children.map(({ name }) => name);
    };
    expect(await names('')).toBeUndefined();
    expect(await names('<tr2:Type>VideoEncoder</tr2:Type>')).toEqual(['VideoEncoder']);
    expect(await names('<tr2:Type>All</tr2:Type>')).toEqual(['VideoSource', 'VideoEncoder']);
  });
});

describe('a still', () => {
  it('is given to whoever signs in', async () => {
    const { credentials: _, ...options } = deviceOptions({
      snapshot: async () => Buffer.from([0xff, 0xd8]),
    });
    device = await startOnvifDevice(options);
    const response = await fetch(`http://127.0.0.1:${device.port}/onvif/snapshot/main.jpg`);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0xff, 0xd8]));
    const unknown = await fetch(`http://127.0.0.1:${device.port}/onvif/snapshot/other.jpg`);
    expect(unknown.status).toBe(404);
  });

  it('is refused to others', async () => {
    await started({ snapshot: async () => Buffer.from('x') });
    const response = await fetch(`http://127.0.0.1:${device.port}/onvif/snapshot/main.jpg`);
    expect(response.status).toBe(401);
  });

  it('is a fault when the camera takes none', async () => {
    await started();
    const body =
      '<trt:GetSnapshotUri><trt:ProfileToken>main</trt:ProfileToken></trt:GetSnapshotUri>';
    expect(await outcome(body)).toEqual({ status: 500, fault: ['ActionNotSupported'] });
  });
});

describe('a request that the camera cannot fulfil', () => {
  it.each([
    ['an unknown operation', '<tds:StartFirmwareUpgrade/>', 500, ['ActionNotSupported']],
    ['a name that JavaScript knows', '<tds:constructor/>', 500, ['ActionNotSupported']],
    ['an operation of another service', '<tptz:GetNodes/>', 500, ['ActionNotSupported']],
    [
      'the PTZ capabilities of a fixed camera',
      '<tds:GetCapabilities><tds:Category>PTZ</tds:Category></tds:GetCapabilities>',
      500,
      ['ActionNotSupported', 'NoSuchService'],
    ],
    [
      'an unknown profile',
      '<trt:GetStreamUri><trt:ProfileToken>x</trt:ProfileToken></trt:GetStreamUri>',
      400,
      ['InvalidArgVal', 'NoProfile'],
    ],
    [
      'an unknown encoder',
      '<trt:GetVideoEncoderConfiguration><trt:ConfigurationToken>x</trt:ConfigurationToken></trt:GetVideoEncoderConfiguration>',
      400,
      ['InvalidArgVal', 'NoConfig'],
    ],
    ['a missing argument', '<trt:GetStreamUri/>', 400, ['InvalidArgs']],
    ['an empty body', '', 400, ['WellFormed']],
    [
      'a time that is none',
      '<tds:SetSystemDateAndTime><tds:DateTimeType>Manual</tds:DateTimeType></tds:SetSystemDateAndTime>',
      400,
      ['InvalidArgVal', 'InvalidDateTime'],
    ],
  ])('is answered with a fault: %s', async (_, body, status, fault) => {
    await started();
    expect(await outcome(body)).toEqual({ status, fault });
  });

  it.each([
    ['text', 'hello', 400],
    ['half a document', '<s:Envelope', 400],
    ['a document type', `<!DOCTYPE x [<!ENTITY y "z">]>${envelope('<tds:GetHostname/>')}`, 400],
    ['too many levels', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 400],
    ['SOAP 1.1', envelope('<tds:GetHostname/>').replaceAll('2003/05/soap-envelope', 'other'), 500],
    ['more than 64 KiB', 'x'.repeat(65 * 1024), 413],
  ])('is refused when it is %s', async (_, body, status) => {
    await started();
    const response = await fetch(device.url, { method: 'POST', body });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toBe('');
  });

  it('is refused at other addresses and by other methods', async () => {
    await started();
    const at = (path: string, method: string) =>
      fetch(`http://127.0.0.1:${device.port}${path}`, { method });
    expect((await at('/', 'POST')).status).toBe(404);
    expect((await at('/onvif/device_service', 'GET')).status).toBe(405);
  });
});

describe('switching off', () => {
  it('cuts every connection, also those that are waiting', async () => {
    await started();
    const socket = connect(device.port, '127.0.0.1');
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', () => undefined);
    await until('the connection', () => socket.readyState === 'open');
    socket.write(
      'POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf',
    );
    await device.stop();
    await until('the end', () => closed);
    await expect(post(device.url, '<tds:GetHostname/>')).rejects.toThrow();
  });

  it('may be done twice', async () => {
    await started();
    await device.stop();
    await device.stop();
  });
});

it('a port in use is an error at once', async () => {
  await started();
  const second = startOnvifDevice(deviceOptions({ port: device.port }));
  await expect(second).rejects.toMatchObject({ code: 'onvif-listen-failed' });
});

async function started(options: Parameters<typeof deviceOptions>[0] = {}): Promise<void> {
  device = await startOnvifDevice(deviceOptions(options));
}

async function outcome(body: string) {
  const { status, fault } = await signed(device.url, body);
  return { status, fault };
}
