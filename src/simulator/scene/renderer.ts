import type { Viewpoint } from '../ptz-model.ts';
import { type Act, figuresDuring } from './acts.ts';
import { carPark } from './car-park.ts';
import type { Figure } from './figures.ts';
import { drawNoSignal, drawOverlay } from './overlay.ts';
import { Painter } from './painter.ts';
import { createPicture, createSharedPicture, type Picture } from './picture.ts';
import { SCENE_HEIGHT, SCENE_WIDTH, type Scene, type SceneName } from './scene.ts';
import { shopFront } from './shop-front.ts';
import { shopInterior } from './shop-interior.ts';
import { square } from './square.ts';
import { sampleView } from './view.ts';
import { type Crop, cropOf } from './viewpoint.ts';

const SCENES: Readonly<Record<SceneName, Scene>> = {
  'shop-interior': shopInterior,
  'shop-front': shopFront,
  square,
  'car-park': carPark,
};

/** What does not move in a scene, at full size: 12 MB, which the threads of all its cameras share. */
export function paintScene(name: SceneName): Picture {
  const picture = createSharedPicture(SCENE_WIDTH, SCENE_HEIGHT);
  SCENES[name].paint(new Painter(picture));
  return picture;
}

/** Makes the pictures of one camera at one size. Only for one caller: pictures are used again. */
export class Renderer {
  readonly #scene: SceneName;
  readonly #usual: readonly Figure[];
  readonly #painted: Picture;
  readonly #camera: string;
  readonly #background: Picture;
  readonly #picture: Picture;
  readonly #painter: Painter;
  #crop: Crop | undefined;
  #figures: readonly Figure[];
  #act: Act | undefined;

  constructor(
    scene: SceneName,
    painted: Picture,
    camera: string,
    size: { width: number; height: number },
  ) {
    this.#scene = scene;
    this.#usual = SCENES[scene].figures();
    this.#figures = this.#usual;
    this.#painted = painted;
    this.#camera = camera;
    this.#background = createPicture(size.width, size.height);
    this.#picture = createPicture(size.width, size.height);
    this.#painter = new Painter(this.#picture);
  }

  /** The picture at this moment, blue for a camera without a signal; valid until the next call. */
  render(unixUs: number, viewpoint: Viewpoint | undefined): Picture {
    if (viewpoint) this.#drawScene(unixUs, viewpoint);
    else drawNoSignal(this.#picture);
    drawOverlay(this.#picture, this.#camera, unixUs, viewpoint);
    return this.#picture;
  }

  /** From now on this is played in front of the camera; nothing when undefined. */
  play(act: Act | undefined): void {
    if (act?.name === this.#act?.name && act?.sinceUnixUs === this.#act?.sinceUnixUs) return;
    this.#act = act;
    this.#figures = act ? figuresDuring(this.#scene, act, this.#usual) : this.#usual;
  }

  #drawScene(unixUs: number, viewpoint: Viewpoint): void {
    const crop = cropOf(viewpoint, this.#painted);
    if (!this.#crop || !sameCrop(crop, this.#crop))
      sampleView(this.#painted, crop, this.#background);
    this.#crop = crop;
    this.#picture.bytes.set(this.#background.bytes);
    this.#drawFigures(unixUs / 1e6, crop);
  }

  #drawFigures(seconds: number, crop: Crop): void {
    const scale = this.#picture.width / crop.width;
    const placed = this.#figures.flatMap((figure) => {
      const place = figure.place(seconds);
      return place ? [{ figure, place }] : [];
    });
    placed.sort((a, b) => a.place.y - b.place.y);
    for (const { figure, place } of placed) {
      if (!isNear(place, figure.reach, crop)) continue;
      const hidden = figure.hiddenBelow;
      this.#painter.bottom =
        hidden === undefined ? this.#picture.height : (hidden - crop.y) * scale;
      figure.draw(
        this.#painter,
        place,
        (place.x - crop.x) * scale,
        (place.y - crop.y) * scale,
        scale,
      );
    }
  }
}

function sameCrop(a: Crop, b: Crop): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width;
}

function isNear(place: { x: number; y: number }, reach: number, crop: Crop): boolean {
  return (
    place.x + reach > crop.x &&
    place.x - reach < crop.x + crop.width &&
    place.y > crop.y &&
    place.y - reach < crop.y + crop.height
  );
}
