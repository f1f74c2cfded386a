import { LiveViewError } from '../core/errors.ts';
import type { CameraInfo, Directory, Incident } from './model.ts';

/** @throws LiveViewError `unknown-camera` */
export function knownCamera({ cameras }: Pick<Directory, 'cameras'>, id: string): CameraInfo {
  const camera = cameras.get(id);
  if (camera) return camera;
  throw new LiveViewError('unknown-camera', `there is no camera ${id}`);
}

/** The camera, if it belongs to the incident. @throws LiveViewError `unknown-camera`, `camera-not-at-site` */
export function cameraWithin(
  directory: Pick<Directory, 'cameras'>,
  incident: Pick<Incident, 'site' | 'cameras'>,
  id: string,
): CameraInfo {
  const camera = knownCamera(directory, id);
  if (belongs(incident, camera)) return camera;
  const reason = `camera ${id} stands elsewhere and is not named in the incident`;
  throw new LiveViewError('camera-not-at-site', reason);
}

/**
 * A camera belongs to an incident when it stands at the incident's site, or when the operator named
 * it in the incident: a robber who flees crosses the square, which is another site.
 */
export function belongs(incident: Pick<Incident, 'site' | 'cameras'>, camera: CameraInfo): boolean {
  return camera.site === incident.site || incident.cameras.includes(camera.id);
}
