import type { AlarmView } from '../../src/client/index.ts';
import { type Call, callOf } from './alarm-order.ts';

const REMEMBERED = 'liveview.alarms-heard';
/** More than are open; of those that ended nothing is told any more. */
const MAX_HEARD = 500;

/** What there is to call for now. */
export interface Calling {
  readonly alarm: AlarmView;
  readonly how: Call;
  readonly isAgain: boolean;
}

/** Which calls were heard in this tab, also before its page was loaded anew. */
export class AlarmsHeard {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  /** Each call is one once. The loudest of several, of those the first. */
  hear(open: readonly AlarmView[]): Calling | undefined {
    const heard = this.#heard();
    const calls = open.flatMap((alarm): Calling[] => {
      const how = callOf(alarm, heard.get(alarm.id));
      return how ? [{ alarm, how, isAgain: heard.has(alarm.id) }] : [];
    });
    if (open.some(({ id, calledAt }) => heard.get(id) !== calledAt)) this.#remember(heard, open);
    return calls.find(({ how }) => how === 'aloud') ?? calls[0];
  }

  #remember(heard: Map<string, string>, open: readonly AlarmView[]): void {
    for (const { id, calledAt } of open) {
      heard.delete(id);
      heard.set(id, calledAt);
    }
    this.#storage.setItem(REMEMBERED, JSON.stringify([...heard].slice(-MAX_HEARD)));
  }

  #heard(): Map<string, string> {
    return new Map(JSON.parse(this.#storage.getItem(REMEMBERED) ?? '[]') as [string, string][]);
  }
}
