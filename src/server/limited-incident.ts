import type { Incident, Tile } from '../liveview/model.ts';
import type { IncidentImage } from '../liveview/plan-model.ts';

export interface Seen {
  seesSite(site: string): boolean;
  seesCamera(camera: string): boolean;
}

/**
 * An incident for somebody who sees the site of it and not that of every camera and alarm in it: whoever
 * fled crossed the square. What is of the other sites is left out; the tiles of their cameras are empty,
 * so that the others keep their places.
 */
export function limitedIncident(incident: Incident, sight: Seen): Incident {
  const { images, offers, alarms } = incident;
  const seesCamera = (camera: string) => sight.seesCamera(camera);
  const seesImage = ({ camera }: IncidentImage) => camera === undefined || seesCamera(camera);
  const within = <T extends { readonly cameras: readonly string[] }>(of: T): T => ({
    ...of,
    cameras: of.cameras.filter(seesCamera),
  });
  const shown = images?.filter(seesImage);
  const sees = (tile: Tile): boolean => {
    if ('camera' in tile) return seesCamera(tile.camera);
    return !('image' in tile) || (shown?.some(({ id }) => id === tile.image) ?? false);
  };
  const tiles = incident.screen.tiles.map((tile): Tile => (sees(tile) ? tile : { empty: true }));
  return {
    ...within(incident),
    grants: incident.grants.map(within),
    screen: { ...incident.screen, tiles },
    ...(shown ? { images: shown } : {}),
    ...(alarms ? { alarms: alarms.filter(({ site }) => !site || sight.seesSite(site)) } : {}),
    ...(offers ? { offers: offers.map(within) } : {}),
  };
}
