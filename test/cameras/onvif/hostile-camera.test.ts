import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../../src/core/errors.ts';
import { digestResponse, parseAuthFields } from '../../../src/core/http-auth.ts';
import { until } from '../../support/until.ts';
import { usePool } from '../support/onvif-pool.ts';
import {
  type Answer,
  answer,
  clockAnswer,
  fault,
  mediaProfile,
} from '../support/scripted-camera.ts';

const lab = usePool();

const raw =
  (body: string, status = 200) =>
  (response: ServerResponse) => {
    response.statusCode = status;
    response.end(body);
  };

function codeFrom(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: unknown) => codeOf(error),
  );
}

describe('a camera that answers oddly', () => {
  it.each([
    ['nothing', raw(''), 'camera-fault'],
    ['a web page', raw('<html><body>Welcome</body></html>'), 'camera-fault'],
    ['bytes', raw('\u0000\u0001\u0002<<<>>>&&&'), 'camera-fault'],
    ['entities', raw('<!DOCTYPE x [<!ENTITY a "b">]><s:Envelope>&a;</s:Envelope>'), 'camera-fault'],
    ['another response', raw('<Envelope><Body><OtherResponse/></Body></Envelope>'), 'camera-fault'],
    ['that there is no such page', raw('not found', 404), 'not-supported'],
    ['HTTP 401 without a challenge', raw('', 401), 'camera-refused-credentials'],
    ['HTTP 403', raw('', 403), 'camera-refused-credentials'],
    ['a fault', fault('Action', 'broken'), 'camera-fault'],
    ['that it does not know how', fault('ActionNotSupported'), 'not-supported'],
    ['that nobody may', fault('NotAuthorized'), 'camera-refused-credentials'],
    ['that in words only', fault('x', 'Sender not authorized', 500), 'camera-refused-credentials'],
  ])('with %s is told apart', async (_what, script, code) => {
    const peer = await lab.peer({ GetDeviceInformation: script });
    expect(await codeFrom(lab.open(peer.port).identity())).toBe(code);
  });

  it('with an unknown challenge is one that refuses us', async () => {
    const peer = await lab.peer({
      GetDeviceInformation: (response) => {
        response.setHeader('WWW-Authenticate', ['Digest realm="x", algorithm=MAGIC', 'Negotiate']);
        raw('', 401)(response);
      },
    });
    expect(await codeFrom(lab.open(peer.port).identity())).toBe('camera-refused-credentials');
  });

  it.each([
    ['MD5', ['Digest realm="r", nonce="n"']],
    ['MD5-sess', ['Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess']],
    ['MD5', ['Digest realm="r", nonce="n", qop="auth-int, auth"']],
    ['MD5', ['Digest realm="r", nonce="n", algorithm=SHA-512-256', 'Digest realm="r", nonce="n"']],
    ['SHA-256', ['Digest realm="r", nonce="n"', 'Digest realm="r", nonce="n", algorithm=SHA-256']],
    ['MD5', ['Basic realm="b", Digest realm="r", nonce="n", qop="auth"']],
  ] as const)('with the challenge of %s among %j is answered', async (algorithm, challenges) => {
    const peer = await lab.peer({
      GetDeviceInformation: (response, { headers, path, operation }) => {
        const { params } = parseAuthFields(headers.authorization ?? '')[0] ?? {};
        const param = (name: string) => params?.get(name) ?? '';
        const [nc, cnonce] = [param('nc'), param('cnonce')];
        const secrets = { username: 'user', password: 'password', realm: 'r', nonce: 'n' };
        const request = { method: 'POST', uri: path, ...(nc ? { qop: { nc, cnonce } } : {}) };
        if (param('response') === digestResponse({ algorithm, ...secrets, ...request })) {
          return answer(response, operation, '<Model>D1</Model>');
        }
        response.setHeader('WWW-Authenticate', [...challenges]);
        raw('', 401)(response);
      },
    });
    expect((await lab.open(peer.port).identity()).model).toBe('D1');
  });

  it('with the fault of SOAP 1.1 is understood', async () => {
    const soap11 =
      '<e:Envelope><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>Authority failure, unauthorized</faultstring></e:Fault></e:Body></e:Envelope>';
    const peer = await lab.peer({ GetDeviceInformation: raw(soap11, 500) });
    expect(await codeFrom(lab.open(peer.port).identity())).toBe('camera-refused-credentials');
  });

  it('byte by byte is not waited for beyond the deadline', async () => {
    const drip = (response: ServerResponse) => {
      response.setHeader('Content-Length', 100_000);
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    };
    const peer = await lab.peer({ SetSynchronizationPoint: drip });
    const connection = lab.pool().connect({ camera: 'c', host: '127.0.0.1', port: peer.port });
    await connection.call('identity', {}, 30_000);
    const code = await codeFrom(connection.call('requestKeyFrame', { profile: '0' }, 500));
    expect(code).toBe('timeout');
    await until('the connection is cut', () => peer.received.at(-1)?.socket.destroyed);
    connection.close();
  });

  it.each([
    ['HTTP', false],
    ['HTTPS', true],
  ])('without end is cut off (%s)', async (_name, https) => {
    let sent = 0;
    const endless = (response: ServerResponse) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on('drain', more);
      more();
    };
    const peer = await lab.peer({ GetDeviceInformation: endless }, https);
    expect(await codeFrom(lab.open(peer.port, { https }).identity())).toBe('camera-fault');
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('that declares a length without end is not waited for', async () => {
    const huge = (response: ServerResponse) => {
      response.setHeader('Content-Length', 1e12);
      response.write('<s:Envelope>');
    };
    const peer = await lab.peer({ GetStatus: huge });
    const connection = lab.pool().connect({ camera: 'c', host: '127.0.0.1', port: peer.port });
    await connection.call('identity', {}, 30_000);
    expect(await codeFrom(connection.call('status', { profile: '0' }, 300))).toBe('timeout');
    connection.close();
  });

  it('with a certificate of its own making is spoken to over HTTPS, on one connection', async () => {
    const peer = await lab.peer({}, true);
    const camera = lab.open(peer.port, { https: true });
    expect((await camera.identity()).model).toBe('D1');
    await camera.streams();
    expect(new Set(peer.received.map(({ socket }) => socket)).size).toBe(1);
  });

  it('is spoken to at its own address, whatever addresses it gives out', async () => {
    const peer = await lab.peer();
    const streams = await lab.open(peer.port).streams();
    expect(streams[0]).toMatchObject({
      uri: 'rtsp://127.0.0.1/live',
      advertisedUri: 'rtsp://10.255.255.1/live',
    });
    expect(peer.received.find((each) => each.operation === 'GetProfiles')?.path).toBe(
      '/onvif/media?x=1',
    );
  });

  it('reuses one connection for its questions', async () => {
    const peer = await lab.peer();
    const camera = lab.open(peer.port);
    await camera.streams();
    await camera.streams(true);
    expect(new Set(peer.received.map(({ socket }) => socket)).size).toBe(1);
  });

  it('that closes the kept connection just then is asked again', async () => {
    const peer = await lab.peer();
    const camera = lab.open(peer.port);
    await camera.identity();
    let first = true;
    peer.script('GetProfiles', (response, received) => {
      if (first) received.socket.destroy();
      else answer(response, 'GetProfiles', mediaProfile('0', 1280, 720));
      first = false;
    });
    expect(await camera.streams()).toHaveLength(1);
  });

  it('that knows the local time only is signed to with that', async () => {
    const local = clockAnswer(Date.UTC(2001, 1, 3)).replaceAll('UTCDateTime', 'LocalDateTime');
    const peer = await lab.peer({ GetSystemDateAndTime: local });
    await lab.open(peer.port).identity();
    expect(peer.received.at(-1)?.envelope).toMatch(/<Created[^>]*>2001-02-03T00:/);
  });

  it.each([
    ['of a year before computers', clockAnswer(Date.UTC(1960, 0))],
    [
      'that is not a time',
      '<SystemDateAndTime><UTCDateTime><Time/></UTCDateTime></SystemDateAndTime>',
    ],
    ['that is absent', ''],
  ])('with a clock %s is taken to have ours', async (_what, script) => {
    const peer = await lab.peer({ GetSystemDateAndTime: script });
    await lab.open(peer.port).identity();
    const created = /<Created[^>]*>([^<]*)</.exec(peer.received.at(-1)?.envelope ?? '')?.[1] ?? '';
    expect(Math.abs(Date.parse(created) - Date.now())).toBeLessThan(10_000);
  });

  it('that wants to know who asks for the time is told', async () => {
    const peer = await lab.peer({
      GetSystemDateAndTime: (response, { envelope }) => {
        if (envelope.includes('UsernameToken'))
          answer(response, 'GetSystemDateAndTime', clockAnswer(Date.now()));
        else raw('', 401)(response);
      },
    });
    expect((await lab.open(peer.port).identity()).model).toBe('D1');
  });

  it('that refuses the password is not tried again and again', async () => {
    const peer = await lab.peer({ GetDeviceInformation: fault('NotAuthorized') });
    await codeFrom(lab.open(peer.port).identity());
    expect(peer.operations().filter((name) => name === 'GetDeviceInformation')).toHaveLength(1);
  });

  describe('whose clock moves', () => {
    const DAY_MS = 24 * 3_600_000;

    /** Takes tokens of its own time only; `moves` says how far its clock is ahead when it looks at a token. */
    async function camera(moves: (tokens: number) => number) {
      let tokens = 0;
      let aheadMs = 0;
      const peer = await lab.peer({
        GetSystemDateAndTime: (response) =>
          answer(response, 'GetSystemDateAndTime', clockAnswer(Date.now() + aheadMs)),
      });
      const dome = lab.open(peer.port);
      await dome.identity();
      peer.script('GetProfiles', (response, received) => {
        tokens += 1;
        aheadMs = moves(tokens);
        const created = /<Created[^>]*>([^<]*)</.exec(received.envelope)?.[1] ?? '';
        const isNow = Math.abs(Date.parse(created) - aheadMs - Date.now()) < 60_000;
        if (isNow) answer(response, 'GetProfiles', mediaProfile('0', 1280, 720));
        else fault('NotAuthorized')(response, received);
      });
      return { dome, tokens: () => tokens };
    }

    it('again while it is asked, as when it is switched off and on, is asked by the new time', async () => {
      const { dome, tokens } = await camera((count) => (count === 1 ? 3 * DAY_MS : 0));
      expect(await dome.streams()).toHaveLength(1);
      expect(tokens()).toBe(3);
    });

    it('under two questions at once answers both', async () => {
      const { dome } = await camera(() => 3 * DAY_MS);
      const both = await Promise.all([dome.streams(true), dome.streams(true)]);
      expect(both.map((streams) => streams.length)).toEqual([1, 1]);
    });

    it('with each question is not asked for ever', async () => {
      const { dome, tokens } = await camera((count) => count * DAY_MS);
      expect(await codeFrom(dome.streams())).toBe('camera-refused-credentials');
      expect(tokens()).toBe(3);
    });
  });

  it('keeps the streams that were known while it cannot be asked', async () => {
    const peer = await lab.peer();
    const camera = lab.open(peer.port);
    const known = await camera.streams();
    peer.script('GetProfiles', raw('', 500));
    expect(await codeFrom(camera.streams(true))).toBe('camera-fault');
    expect(await camera.streams()).toBe(known);
  });

  it('with a Media2 service that does nothing is asked by Media1', async () => {
    const media2 =
      '<Service><Namespace>http://www.onvif.org/ver20/media/wsdl</Namespace><XAddr>http://x/media2</XAddr></Service>';
    const media = media2.replace('ver20', 'ver10').replace('/media2', '/media1');
    const broken: Answer = (response, received) => {
      const { operation, path } = received;
      if (path === '/media2') fault('ActionNotSupported')(response, received);
      else answer(response, operation, ANSWERS[operation] ?? '');
    };
    const ANSWERS: Record<string, string> = {
      GetProfiles: mediaProfile('0', 1280, 720),
      GetSnapshotUri: '<MediaUri><tt:Uri>http://x/snapshot</tt:Uri></MediaUri>',
    };
    const names = ['GetProfiles', 'GetSnapshotUri', 'SetSynchronizationPoint'];
    const scripts = Object.fromEntries(names.map((name) => [name, broken]));
    const peer = await lab.peer({ GetServices: media2 + media, ...scripts });
    const camera = lab.open(peer.port);
    expect(await camera.snapshotUri()).toBe('http://127.0.0.1/snapshot');
    await camera.requestKeyFrame('main');
    expect(peer.received.at(-1)).toMatchObject({
      operation: 'SetSynchronizationPoint',
      path: '/media1',
    });
  });

  it('knows GetCapabilities only', async () => {
    const capabilities =
      '<Capabilities><tt:Media><tt:XAddr>http://x/old/media</tt:XAddr></tt:Media></Capabilities>';
    const peer = await lab.peer({
      GetServices: fault('ActionNotSupported'),
      GetCapabilities: capabilities,
    });
    expect(await lab.open(peer.port).streams()).toHaveLength(2);
    expect(peer.received.find(({ operation }) => operation === 'GetProfiles')?.path).toBe(
      '/old/media',
    );
  });

  it('with a profile without encoder, or whose address it will not give, has the others', async () => {
    const peer = await lab.peer({
      GetProfiles: `<Profiles token="empty"/><Profiles/>${mediaProfile('0', 1920, 1080)}${mediaProfile('1', 640, 360)}`,
      GetStreamUri: (response, received) => {
        if (received.body.includes('>0<')) fault('IncompleteConfiguration')(response, received);
        else answer(response, 'GetStreamUri', '<MediaUri><tt:Uri>rtsp://x/sub</tt:Uri></MediaUri>');
      },
    });
    const streams = await lab.open(peer.port).streams();
    expect(streams).toEqual([
      expect.objectContaining({ profile: '1', uri: 'rtsp://127.0.0.1/sub' }),
    ]);
  });

  it.each(['http://x/', 'file:///etc/passwd', 'nonsense', 'rtsp://x/ y'])(
    'whose stream is at %s has none',
    async (uri) => {
      const peer = await lab.peer({ GetStreamUri: `<MediaUri><tt:Uri>${uri}</tt:Uri></MediaUri>` });
      expect(await codeFrom(lab.open(peer.port).streams())).toBe('camera-fault');
    },
  );

  it('has everything escaped that is said to it', async () => {
    const peer = await lab.peer();
    const { control } = lab.open(peer.port);
    await control.goToPreset('<x>&"\'</x>');
    expect(peer.bodies('GotoPreset')).toEqual([
      '<GotoPreset xmlns="http://www.onvif.org/ver20/ptz/wsdl"><ProfileToken>0</ProfileToken>' +
        '<PresetToken>&#60;x&#62;&#38;&#34;&#39;&#60;/x&#62;</PresetToken></GotoPreset>',
    ]);
  });
});
