import type { Stream } from '../cameras/onvif/description.ts';

type SourceOf = Pick<Stream, 'role' | 'source' | 'sourceConfiguration'>;

/** Whether this token is of our own pictures; analytics name the configuration of a source (ONVIF Analytics §5). */
export type OwnSources = (token: string, of?: 'source' | 'configuration') => boolean;

/**
 * Which video sources of an ONVIF device are the one of our pictures: all of a camera, one channel of a
 * recorder, none where the pictures are pulled from addresses of the configuration.
 */
export async function ownSources(
  streams: () => Promise<readonly SourceOf[]>,
  isElsewhere: boolean,
): Promise<OwnSources> {
  const all = await streams().catch(() => []);
  const several = new Set(all.map(({ source }) => source)).size > 1;
  if (!several) return () => true;
  const main = all.find(({ role }) => role === 'main');
  return (token, of = 'source') => {
    const own = of === 'source' ? main?.source : main?.sourceConfiguration;
    return !isElsewhere && token === own;
  };
}
