import type { PtzPreset, Viewpoint } from './ptz-model.ts';
import type { SceneName } from './scene/scene.ts';

/** What a virtual camera is, before it is switched on. */
export interface CatalogueEntry {
  readonly id: string;
  /** As the operator sees it, in Dutch. */
  readonly name: string;
  readonly scene: SceneName;
  /** Undefined for a camera that cannot turn. */
  readonly presets: readonly PtzPreset[] | undefined;
  /** Tokens of its relay outputs. */
  readonly relays: readonly string[];
  readonly serialNumber: string;
}

interface Kind {
  readonly id: string;
  readonly name: string;
  readonly scene: SceneName;
  readonly presets?: Readonly<Record<string, Viewpoint>>;
  /** By what hangs on them. */
  readonly relays: readonly string[];
}

const KINDS: readonly [Kind, ...Kind[]] = [
  {
    id: 'shop',
    name: 'Winkel',
    scene: 'shop-interior',
    relays: ['siren', 'light'],
    presets: {
      Overzicht: { pan: 0, tilt: 0, zoom: 0 },
      Toonbank: { pan: 0.05, tilt: -0.05, zoom: 0.45 },
      Kassa: { pan: 0.42, tilt: 0.14, zoom: 0.7 },
      Ingang: { pan: -1, tilt: 0.35, zoom: 0.05 },
      Kluis: { pan: 1, tilt: 0.35, zoom: 0.05 },
    },
  },
  { id: 'shop-front', name: 'Winkelpui', scene: 'shop-front', relays: ['light'] },
  {
    id: 'square',
    name: 'Plein',
    scene: 'square',
    relays: ['light'],
    presets: {
      Overzicht: { pan: 0, tilt: 0, zoom: 0 },
      Fontein: { pan: 0, tilt: -0.15, zoom: 0.4 },
      'Bankjes links': { pan: -0.65, tilt: -0.2, zoom: 0.35 },
      'Bankjes rechts': { pan: 0.65, tilt: -0.2, zoom: 0.35 },
      Klokkentoren: { pan: -0.03, tilt: 1, zoom: 0.3 },
    },
  },
  {
    id: 'car-park',
    name: 'Parkeerterrein',
    scene: 'car-park',
    relays: ['gate', 'light'],
    presets: {
      Overzicht: { pan: 0, tilt: 0, zoom: 0 },
      Betaalautomaat: { pan: 0.57, tilt: 0.02, zoom: 0.6 },
      Inrit: { pan: -1, tilt: -0.1, zoom: 0.2 },
      'Achterste rij': { pan: 0, tilt: 0.13, zoom: 0.35 },
      Winkelcentrum: { pan: 0, tilt: 0.9, zoom: 0.2 },
    },
  },
];

/** The four scenes, and then the same again under other names. */
export function catalogue(count: number): CatalogueEntry[] {
  return Array.from({ length: count }, (_, i) => entry(i));
}

function entry(index: number): CatalogueEntry {
  const kind = KINDS[index % KINDS.length] ?? KINDS[0];
  const round = Math.floor(index / KINDS.length) + 1;
  const numbered = kind.id === 'shop' || kind.id === 'square' || round > 1;
  return {
    id: numbered ? `${kind.id}-${round}` : kind.id,
    name: round > 1 ? `${kind.name} ${round}` : kind.name,
    scene: kind.scene,
    presets: kind.presets && presetsOf(kind.presets),
    relays: kind.relays,
    serialNumber: `LV${String(1_001 + index)}`,
  };
}

function presetsOf(viewpoints: Readonly<Record<string, Viewpoint>>): PtzPreset[] {
  return Object.entries(viewpoints).map(([name, viewpoint], i) => ({
    token: `preset-${i + 1}`,
    name,
    viewpoint,
  }));
}
