import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyStored } from '../../src/journal/verify.ts';
import { Folder, OLGA, SignedJournal } from './support.ts';

const DAY_MS = 86_400_000;

/** The gateway, and a command that is run beside it. */
describe('two that use one journal at once', () => {
  let folder: Folder;
  let gateway: SignedJournal;
  let command: SignedJournal;
  beforeEach(() => {
    folder = new Folder();
    gateway = new SignedJournal(folder.path);
    gateway.journal.sign();
    command = new SignedJournal(folder.path);
  });
  afterEach(() => {
    gateway.journal.close();
    command.journal.close();
    folder.dispose();
  });

  it('sign a removal with the key that is announced when it is written', () => {
    gateway.journal.append({ kind: 'user.added', actor: OLGA, data: {} });
    gateway.clock.advance(31 * DAY_MS);
    const { keys } = gateway;
    const signerOf = keys.signerOf.bind(keys);
    keys.signerOf = (announced) => {
      const signer = signerOf(announced);
      keys.signerOf = signerOf;
      try {
        command.rekey();
      } catch {
        // Refused while the other one writes.
      }
      return signer;
    };
    const beforeUnixUs = gateway.clock.unixUs() - 30 * DAY_MS * 1_000;
    expect(gateway.journal.removeContent({ keepDays: 30, beforeUnixUs }, 10)).toBe(1);
    expect(verifyStored(gateway.journal)).toMatchObject({ ok: true, removed: 1 });
  });

  it.each([false, true])('announce a key only behind the one that they saw (lost: %s)', (lost) => {
    const { journal, keyFile, keys, key: announced } = command;
    const previous = lost ? undefined : keys.signerOf(announced);
    const next = gateway.rekey();
    const make = () => keyFile.makeNext();
    expect(() => journal.announceKey(OLGA, { announced, previous, make })).toThrow(
      expect.objectContaining({ code: 'journal-key' }),
    );
    expect(journal.healthy).toBe(true);
    expect(verifyStored(journal)).toMatchObject({ ok: true });
    expect(keyFile.load()?.key).toBe(next.key);
    keyFile.makeNext();
    keyFile.adoptNext(next.key);
    expect(keyFile.load()?.key).toBe(next.key);
  });
});
