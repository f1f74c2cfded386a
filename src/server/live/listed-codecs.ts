import type { MediaWish } from '../deps.ts';

const MAX_CODECS = 32;

/** `?codecs=avc1.640028,hvc1.1.6.L120`, for tools that send no hello; without it, as the camera makes it. */
export function listedCodecs(list: string | undefined): MediaWish['codecs'] {
  if (list === undefined) return 'any';
  const names = list.split(',', MAX_CODECS).map((name) => name.trim());
  return names.filter((name) => name !== '');
}
