import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, parseConfig } from '../../src/config/load.ts';
import { readCredentials, readSecret } from '../../src/config/secrets.ts';

const MINIMAL = 'cameras:\n  - { id: a, onvif: { host: 192.0.2.1 } }\n';

/** The problems of a text as `line path message`. */
function problems(text: string): string[] {
  try {
    parseConfig(text, 'c.yaml');
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map((problem) => `${problem.line} ${problem.path} ${problem.message}`);
    }
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('says where an alias has no anchor, and what else cannot be resolved', () => {
    expect(problems('cameras:\n  - *a\n')).toEqual([
      '2  not valid YAML: Unresolved alias (the anchor must be set before the alias): a',
    ]);
    expect(problems('%YAML 1.1\n---\n<<: 3\n')).toEqual([
      expect.stringContaining('not valid YAML: Merge sources'),
    ]);
  });

  it('needs nothing but cameras, and the rest is safe', () => {
    const config = parseConfig(MINIMAL, 'c.yaml');
    expect(config.centre.listen).toBe('127.0.0.1:8080');
    expect(config.police).toBeUndefined();
    expect(config.policy).toEqual({
      ptz: 'confirm',
      relay: 'never',
      switch: 'confirm',
      plan: 'auto',
      imageDays: 7,
      grantMinutes: 60,
      offerMinutes: 5,
      viewRequestMinutes: 5,
      requestSeconds: 60,
      holdSeconds: 15,
    });
    expect(config.cameras[0]?.onvif?.port).toBe(80);
    expect(config.cameras[0]?.stream).toEqual({
      ...{ transport: 'auto', warm: 'on-demand', deliver: 'auto', stalledSeconds: 3 },
    });
    expect(config.transcode).toEqual({
      ...{ encoder: 'auto', maxEncoders: 4 },
      full: { width: 1920, height: 1080, kbps: 4000 },
      mpeg1: { width: 640, height: 360, kbps: 1500 },
      rungs: [{ id: 'low', width: 640, height: 360, kbps: 800 }],
    });
  });

  it('takes rungs of any name that means nothing else yet, and wants one called low', () => {
    const rungs = (ids: string[]) =>
      problems(
        `${MINIMAL}transcode:\n  rungs:\n${ids.map((id) => `    - { id: ${id}, width: 640, height: 360, kbps: 800 }\n`).join('')}`,
      );
    expect(rungs(['low', 'middle'])).toEqual([]);
    expect(rungs(['low', 'low'])).toEqual([expect.stringContaining('low is used twice')]);
    for (const taken of ['auto', 'main', 'sub', 'mpeg1', 'main-h264']) {
      expect(rungs(['low', taken])).toEqual([expect.stringMatching(`^6 .*${taken} means`)]);
    }
    expect(rungs(['middle'])).toEqual([expect.stringContaining('has to be called low')]);
  });

  it('takes rtsps with a pinned certificate, and no transport that would leave TLS', () => {
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
    const camera = (stream: string) =>
      `cameras:\n  - id: a\n    rtsp: { main: "rtsps://192.0.2.1/1" }\n    stream: ${stream}\n`;
    const { stream } = parseConfig(camera(`{ tls: { fingerprint: "${fingerprint}" } }`), 'c.yaml')
      .cameras[0] as { stream: unknown };
    expect(stream).toMatchObject({ transport: 'auto', tls: { fingerprint } });
    expect(problems(camera('{ transport: multicast }'))).toEqual([
      expect.stringMatching(/^4 cameras\[0\]\.stream\.transport .* in the clear/),
    ]);
    expect(problems(camera('{ tls: { fingerprint: "AB:CD" } }'))).toEqual([
      expect.stringContaining('64 hexadecimal digits'),
    ]);
  });

  it('says everything that is wrong at once, each with its line', () => {
    const text = [
      'centre: { listen: "0.0.0.0:8080" }',
      'cameras:',
      '  - id: Shop 1',
      '    onvif: { host: 192.0.2.1, prot: 80 }',
      '  - id: b',
      '    rtsp:',
      '      main: rtsp://admin:geheim@192.0.2.2/1',
      '      password: geheim',
      '  - id: c',
      'polcy: { ptz: maybe }',
      'policy: { ptz: maybe }',
    ].join('\n');
    const found = problems(text);
    expect(found.map((problem) => problem.split(' ', 2).join(' '))).toEqual([
      '1 centre.listen',
      '3 cameras[0].id',
      '4 cameras[0].onvif.prot',
      '7 cameras[1].rtsp.main',
      '8 cameras[1].rtsp.password',
      '9 cameras[2]',
      '10 polcy',
      '11 policy.ptz',
    ]);
    expect(found.join('\n')).not.toContain('geheim');
  });

  it('tells what is wrong between its parts together with what is wrong in them', () => {
    const text = [
      'police: { listen: "0.0.0.0:8443" }',
      'controlRooms: [{ id: a, name: A }, { id: a, name: 5 }]',
      'sites: [{ id: s, name: S }]',
      'cameras:',
      '  - { id: c, site: t, onvif: { host: h, port: 70000 } }',
      '  - { id: c }',
      'policy: { grantMinutes: -3, requestSeconds: soon }',
    ].join('\n');
    expect(problems(text)).toEqual([
      expect.stringMatching(/^1 police.listen add tls/),
      '2 controlRooms[1].name must be text',
      '2 controlRooms[1].id a is used twice; give each its own id',
      '5 cameras[0].onvif.port must be at most 65535',
      expect.stringMatching(/^5 cameras\[0\].site there is no site t/),
      '6 cameras[1].id c is used twice; give each its own id',
      expect.stringMatching(/^6 cameras\[1\] say how to reach/),
      '7 policy.grantMinutes must be at least 1',
      '7 policy.requestSeconds must be a number',
    ]);
  });

  it.each(['[]', '5', 'cameras: 5', 'cameras: [5, [], null]', 'sites: { a: b }\ncentre: 1'])(
    'says what is wrong with %s without stumbling over it',
    (text) => {
      expect(problems(text).length).toBeGreaterThan(0);
    },
  );

  it.each([
    ...['127.0.0.1:80', '127.9.8.7:80', '[::1]:80', 'localhost:80'].map((listen) => ({
      ...{ listen, more: '', centre: true, police: false },
    })),
    ...['0.0.0.0:80', '[::]:80', '192.0.2.1:80', 'host.example:80', '[::ffff:127.0.0.1]:80'].map(
      (listen) => ({ listen, more: '', centre: false, police: false }),
    ),
    { listen: '0.0.0.0:80', more: 'insecure: true', centre: true, police: true },
    { listen: '0.0.0.0:80', more: 'insecure: false', centre: false, police: false },
    { listen: '0.0.0.0:80', more: 'tls: { cert: a, key: b }', centre: true, police: true },
  ])('takes plain HTTP on the loopback or when told so: $listen $more', (which) => {
    const { listen, more, ...expected } = which;
    const isTaken = (section: string) =>
      problems(`${section}: { listen: "${listen}"${more && `, ${more}`} }\n${MINIMAL}`).length ===
      0;
    expect({ centre: isTaken('centre'), police: isTaken('police') }).toEqual(expected);
  });

  it.each([
    ['a listener others can reach without TLS', 'centre: { listen: "192.0.2.1:80" }', 'add tls'],
    ['a police listener without TLS', 'police: { listen: "127.0.0.1:8443" }', 'add tls'],
    ['a listener without a port', 'centre: { listen: "127.0.0.1" }', 'address:port'],
    [
      'client certificates without a CA',
      'police: { listen: "127.0.0.1:1", tls: { cert: a, key: b, clientCert: required } }',
      'clientCa',
    ],
  ])('refuses %s and says what to write', (_what, line, advice) => {
    expect(problems(`${line}\n${MINIMAL}`)).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    [
      'a pulse that is held',
      '{ id: a, name: A, kind: gate, pulseSeconds: 1, held: true }',
      'not both',
    ],
    ['a siren that is held', '{ id: a, name: A, kind: siren, held: true }', 'held is for a gate'],
    [
      'a gate that a clock closes',
      '{ id: a, name: A, kind: gate, held: true, maxSeconds: 9 }',
      'no clock',
    ],
    ['a pulse with an end', '{ id: a, name: A, pulseSeconds: 1, maxSeconds: 9 }', 'not both'],
    ['an output without a name', '{ id: a }', 'cameras[0].outputs[0].name'],
    [
      'the same output twice',
      '{ id: a, name: A, token: x }, { id: a, name: B, token: y }',
      'own id',
    ],
    [
      'two outputs on one contact',
      '{ id: a, name: a, token: "1" }, { id: b, name: b, token: "1" }',
      'its own token',
    ],
    [
      'two outputs of which one is meant',
      '{ id: a, name: A }, { id: b, name: B, token: y }',
      'token',
    ],
  ])('refuses %s', (_what, outputs, advice) => {
    const camera = `cameras: [{ id: a, onvif: { host: h }, outputs: [${outputs}] }]\n`;
    expect(problems(camera)).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    ['never and hours', '{ never: true, hours: ["08:00-18:00"] }', 'never leaves nothing'],
    ['hours of another kind', '{ hours: ["8-18"] }', '08:00-18:00'],
    ['hours that end where they begin', '{ hours: ["08:00-08:00"] }', 'whole day'],
    ['a day that is none', '{ days: [noon] }', 'cameras[0].sharing.days[0]'],
    ['a time zone that is none', '{ timezone: Europe/Rotterdam }', 'time zone of the IANA'],
    ['a type that is none', '{ types: [party] }', 'cameras[0].sharing.types[0]'],
  ])("refuses %s as the word of a camera's owner", (_what, sharing, advice) => {
    const camera = `cameras: [{ id: a, onvif: { host: h }, sharing: ${sharing} }]\n`;
    expect(problems(camera)).toEqual([expect.stringContaining(advice)]);
  });

  it('takes addresses and networks of proxies for those it believes', () => {
    const camera = 'cameras: [{ id: a, onvif: { host: h } }]\n';
    const of = (proxies: string) => `centre: { trustedProxies: [${proxies}] }\n${camera}`;
    expect(problems(of('127.0.0.1, "::1", 10.0.0.0/24, "2001:db8::/48"'))).toEqual([]);
    for (const wrong of ['proxy.example', '0.0.0.0/0', '127.0.0.1:8080', '10.0.0.0/33']) {
      expect(problems(of(wrong))).toEqual([expect.stringContaining('10.0.0.0/24')]);
    }
  });

  it.each([
    ['no cameras', 'cameras: []\n', 'at least one'],
    ['an empty file', '', 'missing'],
    ['a camera that cannot be reached', 'cameras: [{ id: a }]\n', 'how to reach'],
    [
      'two cameras with one id',
      'cameras:\n  - { id: a, onvif: { host: h } }\n  - { id: a, onvif: { host: h } }\n',
      'used twice',
    ],
    [
      'a site that is not there',
      'sites: [{ id: s, name: S }]\ncameras: [{ id: a, site: t, onvif: { host: h } }]\n',
      'there is no site t',
    ],
    [
      'a camera without a site when there are several',
      'sites: [{ id: s, name: S }, { id: t, name: T }]\ncameras: [{ id: a, onvif: { host: h } }]\n',
      'which site',
    ],
    [
      'a user name without a password',
      'cameras: [{ id: a, onvif: { host: h, username: u } }]\n',
      'add password',
    ],
    [
      'a site when there are none',
      'cameras: [{ id: a, site: t, onvif: { host: h } }]\n',
      'there are no sites',
    ],
    [
      'a password in the query of a URL',
      'cameras: [{ id: a, rtsp: { main: "rtsp://h/?user=u&password=p" } }]\n',
      'take the password out',
    ],
    ['an unknown scheme', 'cameras: [{ id: a, rtsp: { main: "http://h/" } }]\n', 'rtsp://'],
  ])('refuses %s', (_what, text, advice) => {
    expect(problems(text)).toEqual([expect.stringContaining(advice)]);
  });

  it('says where the YAML itself is broken', () => {
    expect(problems('cameras:\n  - id: a\n   bad: b\n')[0]).toMatch(/^[23] {2}not valid YAML/);
  });

  it('says what to do when there is no such file', () => {
    expect(() => loadConfig('/nowhere/cameras.yaml')).toThrow('copy cameras.example.yaml');
  });

  it('survives an alias bomb', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefg']
      .map((key, index) => {
        const before = 'abcdef'[index];
        return `${key}: &${key} [${`*${before},`.repeat(9)}]`;
      })
      .join('\n')}`;
    expect(() => parseConfig(bomb, 'c.yaml')).toThrow();
  });
});

describe('secrets', () => {
  it('come from a variable or a file, and do not print', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'liveview-')), 'password');
    writeFileSync(file, 'geheim\n');
    expect(readSecret({ file }).reveal()).toBe('geheim');
    const credentials = readCredentials({ username: 'u', password: { env: 'P' } }, { P: 'x' });
    expect(credentials?.password.reveal()).toBe('x');
    expect(JSON.stringify(credentials)).toBe('{"username":"u","password":"[secret]"}');
  });

  it.each([
    [{ env: 'NOT_SET' }, 'environment variable NOT_SET'],
    [{ file: '/nowhere/secret' }, 'file /nowhere/secret'],
  ])('that are missing are named: %j', (source, named) => {
    expect(() => readSecret(source, {})).toThrow(named);
  });
});

describe('alarms', () => {
  it('knows the sites and cameras that alarms are told of', () => {
    const text = `${MINIMAL}sites: [{ id: s, name: S }]
alarms:
  webhook:
    - { token: t, sites: [s, x], types: { glass: { kind: burglary, cameras: [a, b] } } }
    - { token: t, sites: [s] }
  onvif: { rules: [{ topic: Device/Trigger/DigitalInput, kind: hold-up, cameras: [c] }] }
`.replace(
      'onvif: { host: 192.0.2.1 }',
      'onvif: { host: 192.0.2.1 }, alarms: { rules: [{ topic: A/*, kind: fire, cameras: [d] }] }',
    );
    const told = problems(text).map((line) => line.replace(/^\d+ /, ''));
    expect(told).toEqual([
      'cameras[0].alarms.rules[0].cameras[0] there is no camera d',
      'alarms.webhook[0].sites[1] there is no site x',
      'alarms.webhook[0].types.glass.cameras[1] there is no camera b',
      'alarms.webhook[1].token t is named twice; write one source a token',
      'alarms.onvif.rules[0].cameras[0] there is no camera c',
    ]);
  });

  it.each(['Device//Input', '/Device', 'tns1:Device/Trigger', '*', 'Device/Tri*'])(
    'refuses what is no topic: %s',
    (topic) => {
      const text = `${MINIMAL}alarms: { onvif: { rules: [{ topic: "${topic}", kind: fire }] } }\n`;
      expect(problems(text)).toEqual([expect.stringContaining('write a topic such as')]);
    },
  );
});
