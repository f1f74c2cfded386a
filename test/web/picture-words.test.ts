import { describe, expect, it } from '@jest/globals';
import { clockTime } from '../../web/shared/format.ts';
import { pictureWords } from '../../web/shared/picture-words.ts';
import type { ShownPicture } from '../../web/shared/player/picture-state.ts';
import { en } from '../../web/shared/texts-en.ts';
import { nl } from '../../web/shared/texts-nl.ts';

const SINCE = '2026-03-01T11:03:04.000Z';
const SINCE_NL = `Sinds ${clockTime(SINCE)}.`;
const NOTHING: ShownPicture = { state: 'live', ended: undefined, picture: undefined };

function camera(said: Partial<NonNullable<ShownPicture['picture']>>): ShownPicture {
  return {
    ...NOTHING,
    picture: { type: 'picture', channel: 1, state: 'ok', since: SINCE, ...said },
  };
}

const REFUSED = {
  state: 'no-connection' as const,
  code: 'camera-refused-credentials',
  reason: 'the camera at 192.0.2.7 refused the user name or password',
};

describe('what is said over a picture', () => {
  it('is nothing as long as it is live', () => {
    expect(pictureWords(NOTHING, nl, true)).toBeUndefined();
    expect(pictureWords(camera({ state: 'ok' }), nl, true)).toBeUndefined();
    expect(pictureWords(camera({ state: 'connecting' }), nl, true)).toBeUndefined();
  });

  it('is at the centre what is wrong, why, since when and what to do', () => {
    expect(pictureWords({ ...camera(REFUSED), state: 'connecting' }, nl, true)).toEqual({
      title: 'Camera geeft geen beeld',
      lines: [
        'De camera weigert het wachtwoord.',
        SINCE_NL,
        'Controleer gebruikersnaam en wachtwoord in de instellingen.',
      ],
      tone: 'trouble',
    });
  });

  it('is to a control room what is wrong and since when', () => {
    expect(pictureWords({ ...camera(REFUSED), state: 'connecting' }, nl, false)).toEqual({
      ...{ title: 'Camera geeft geen beeld', lines: [SINCE_NL], tone: 'trouble' },
    });
  });

  it('is the reason as it was given where the code is not known', () => {
    const odd = camera({ state: 'no-connection', code: 'odd-code', reason: 'odd indeed' });
    expect(pictureWords(odd, nl, true)?.lines).toEqual(['odd indeed', SINCE_NL]);
    expect(pictureWords(odd, nl, false)?.lines).toEqual([SINCE_NL]);
  });

  it.each([
    ['stalled', 'Beeld staat stil', 'The picture is frozen', 'trouble'],
    ['signal-lost', 'Camera meldt signaalverlies', 'The camera reports a lost signal', 'trouble'],
    [
      'time-frozen',
      'Tijd van het beeld staat stil',
      'The time of the picture stands still',
      'trouble',
    ],
    ['clock-drift', 'Klok van de camera loopt weg', 'The clock of the camera runs away', 'notice'],
  ] as const)('of %s is known in both languages', (state, dutch, english, tone) => {
    expect(pictureWords(camera({ state }), nl, true)).toMatchObject({ title: dutch, tone });
    expect(pictureWords(camera({ state }), en, true)).toMatchObject({ title: english, tone });
  });

  it.each([
    ['connecting', 'Beeld ophalen…', 'wait'],
    ['late', 'Beeld loopt achter', 'trouble'],
    ['frozen', 'Beeld staat stil', 'trouble'],
    ['unplayable', 'Deze browser kan dit beeld niet tonen', 'trouble'],
  ] as const)('is what the page sees of a camera that is well: %s', (state, title, tone) => {
    expect(pictureWords({ ...NOTHING, state }, nl, true)).toEqual({ title, lines: [], tone });
  });

  it('is the end, and the broken line, before anything of the camera', () => {
    const ended = { code: 'grant-withdrawn', reason: 'withdrawn' };
    const lines = ['De centrale heeft het delen ingetrokken.'];
    expect(pictureWords({ ...camera(REFUSED), state: 'ended', ended }, nl, false)).toEqual({
      ...{ title: 'Delen beëindigd', lines, tone: 'trouble' },
    });
    expect(pictureWords({ ...camera(REFUSED), state: 'interrupted' }, nl, true)).toEqual({
      ...{ title: 'Verbinding verbroken', lines: [], tone: 'trouble' },
    });
  });
});
