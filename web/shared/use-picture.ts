import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../../src/client/index.ts';
import type { Reason } from './reasons.ts';
import { reasonOf } from './reasons.ts';

export type LoadedPicture =
  | { readonly state: 'loading' }
  /** `src` is of this page's own memory, and decoded. */
  | { readonly state: 'ready'; readonly src: string }
  | { readonly state: 'failed'; readonly reason: Reason };

const RETRY_MS = 3_000;
/** The gateway said no: asking again does not help. */
const isFinal = (error: unknown) => error instanceof ApiError && error.status < 500;

/**
 * Fetches a picture once and keeps it in memory while it is shown: each fetch is a line in the journal,
 * and an element that loads by itself may load again.
 */
export function usePicture(url: string): LoadedPicture {
  const [picture, setPicture] = useState<LoadedPicture>({ state: 'loading' });
  useEffect(() => {
    const gone = new AbortController();
    let src = '';
    let retry: ReturnType<typeof setTimeout>;
    const load = async () => {
      try {
        src = URL.createObjectURL(await fetched(url, gone.signal));
        await decoded(src);
        if (!gone.signal.aborted) setPicture({ state: 'ready', src });
      } catch (error) {
        if (gone.signal.aborted) return;
        setPicture({ state: 'failed', reason: reasonOf(error) });
        if (!isFinal(error)) retry = setTimeout(() => void load(), RETRY_MS);
      }
    };
    void load();
    return () => {
      gone.abort();
      clearTimeout(retry);
      URL.revokeObjectURL(src);
    };
  }, [url]);
  return picture;
}

async function fetched(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { credentials: 'same-origin', signal });
  if (response.ok) return response.blob();
  const { code = '', detail = '' } = (await response.json()) as { code?: string; detail?: string };
  throw new ApiError(response.status, code, detail);
}

async function decoded(src: string): Promise<void> {
  const image = new Image();
  image.src = src;
  await image.decode();
}
