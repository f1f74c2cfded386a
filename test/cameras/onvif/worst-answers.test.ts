/** What one camera can do to the others with an answer: real sockets, the real worker. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { asError, codeOf } from '../../../src/core/errors.ts';
import { usePool } from '../support/onvif-pool.ts';
import { type Answer, mediaProfile, type ScriptedCamera } from '../support/scripted-camera.ts';

const KIB = 1024;
/** The machine may be busy with other tests; what is shown here is no time. */
const PATIENCE_MS = 15_000;
const raw =
  (body: string): Answer =>
  (response) =>
    response.end(body);

/** As long as is read at all, the envelope around it included. */
function fill(piece: string, before = '', after = ''): string {
  const room = 511 * KIB - before.length - after.length;
  return `${before}${piece.repeat(Math.floor(room / piece.length))}${after}`;
}

const SOAP = '<s:Envelope><s:Body>';
const END = '</s:Body></s:Envelope>';

/** Another camera at the same workers, that is told to stop; it must answer each time. */
async function another(lab: ReturnType<typeof usePool>) {
  const peer = await lab.peer();
  const connection = lab.pool().connect({ camera: 'good', host: '127.0.0.1', port: peer.port });
  lab.afterwards(() => connection.close());
  const axes = { profile: '0', panTilt: true, zoom: true };
  const command = () => connection.call('stop', axes, PATIENCE_MS);
  await command();
  return { peer, command };
}

/** Gives commands, one after the other, until `over`. @returns how many were answered */
async function commandUntil(over: Promise<unknown>, command: () => Promise<void>): Promise<number> {
  let going = true;
  const ended = over.finally(() => {
    going = false;
  });
  let answered = 0;
  do {
    await command();
    answered += 1;
  } while (going);
  await ended;
  return answered;
}

const connections = (peer: ScriptedCamera) =>
  peer.operations().filter((name) => name === 'GetSystemDateAndTime').length;

describe('the longest answers', () => {
  // less than the package's expression needs for them, many times what our reading needs
  const lab = usePool({ stallMs: 7_000 });

  it.each([
    ['xmlns without an equals sign', fill('xmlns ')],
    ['xmlns that share an open quote', fill('xmlns\n', '<s:Envelope>', '="')],
    ['xmlns as text of good XML', fill('<a>xmlns and much else besides</a>', SOAP, END)],
    ['xmlns with single quotes', fill("<a xmlns='x' xmlns:y='z y x w v'/>", SOAP, END)],
    ['tags and nothing else', fill('<a/>', SOAP, END)],
    ['as many tags as are read', fill(`<a>${'x'.repeat(15)}</a>`, SOAP, END)],
    ['attributes', fill(' a="1"', '<s:Envelope', '/>')],
    ['references', fill('&#65;', `${SOAP}<a>`, `</a>${END}`)],
    ['depth', fill('<a>', SOAP)],
  ])(
    'made of %s keep no other camera waiting',
    async (_what, body) => {
      const bad = lab.open((await lab.peer({ GetProfiles: raw(body) })).port);
      const { peer, command } = await another(lab);
      const reading = bad.streams().catch(asError);
      await commandUntil(reading, command);
      // not that the worker was lost
      expect(codeOf(await reading)).toBe('camera-fault');
      expect(connections(peer)).toBe(1);
    },
    60_000,
  );

  it('that are packed are not unpacked', async () => {
    const packed: Answer = (response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(gzipSync(Buffer.alloc(200 * KIB * KIB, SOAP)));
    };
    const peer = await lab.peer({ GetProfiles: packed });
    await expect(lab.open(peer.port).streams()).rejects.toMatchObject({ code: 'camera-fault' });
    // It is not asked for, either.
    expect(peer.received.map(({ headers }) => headers['accept-encoding'] ?? 'none')).toEqual(
      peer.received.map(() => 'none'),
    );
  });

  it('of a recorder with many channels are read', async () => {
    const more = `<tt:Extension>${'<tt:Item Name="a" Value="b"/>'.repeat(20)}</tt:Extension>`;
    const profiles = Array.from({ length: 256 }, (_, index) =>
      mediaProfile(String(index), 1280, 720).replace('</Profiles>', `${more}</Profiles>`),
    ).join('');
    expect(profiles.length).toBeGreaterThan(256 * KIB);
    const peer = await lab.peer({ GetProfiles: profiles });
    expect((await lab.open(peer.port).streams()).map(({ profile }) => profile)).toContain('0');
  });
});

describe('a camera whose answer stalls the worker', () => {
  const lab = usePool({ stallMs: 2_000, packageReads: true });

  it('is set apart, and delays the others no more', async () => {
    const bad = lab.open((await lab.peer({ GetProfiles: raw(fill('xmlns ')) })).port);
    const { peer, command } = await another(lab);
    const lost = { code: 'camera-unreachable', context: { worker: true } };

    await expect(bad.streams()).rejects.toMatchObject(lost);
    await command();
    expect(connections(peer)).toBe(2);

    const again = bad.streams().catch(asError);
    const answered = await commandUntil(again, command);
    expect(await again).toMatchObject(lost);
    // all the time while that worker was stalled, on the connection that there was
    expect(answered).toBeGreaterThan(1);
    expect(connections(peer)).toBe(2);
  }, 60_000);
});
