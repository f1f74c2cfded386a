import { useEffect, useState } from 'preact/hooks';
import type { Incident, LiveViewClient, PlanSight } from '../../src/client/index.ts';

/** Where the cameras point that are on the plans of the incident's screen; asked while there are any. */
export function useSights(
  client: LiveViewClient,
  { id, screen }: Pick<Incident, 'id' | 'screen'>,
): readonly PlanSight[] {
  const [sights, setSights] = useState<readonly PlanSight[]>([]);
  const hasPlan = screen.tiles.some((tile) => 'plan' in tile);
  useEffect(() => {
    if (!hasPlan) return;
    const following = client.follow(id, { onPointing: setSights });
    return () => {
      following.stop();
      setSights([]);
    };
  }, [client, id, hasPlan]);
  return sights;
}
