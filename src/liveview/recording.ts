import type { Logger } from '../core/log.ts';
import type { Journal } from '../journal/record.ts';
import type { Subscribers } from './changes.ts';
import type { Ledger } from './ledger.ts';

export interface RecordingOptions {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly subscribers: Subscribers;
  readonly log: Logger;
}

/**
 * Tells whether what is done can be recorded, and when it can again, records what ended meanwhile.
 * Returns how to stop that.
 */
export function followRecording(options: RecordingOptions): () => void {
  const { journal, subscribers } = options;
  return journal.onHealth((recording) => {
    // Not within the write that has just succeeded.
    if (recording) queueMicrotask(() => recordOwed(options));
    subscribers.tell({ kind: 'recording' });
  });
}

function recordOwed({ ledger, log }: RecordingOptions): void {
  try {
    ledger.recordOwed();
  } catch (error) {
    log.error('what ended while nothing could be recorded waits on', { error });
  }
}
