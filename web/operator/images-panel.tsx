import { useEffect, useRef, useState } from 'preact/hooks';
import type { IncidentImage, IncidentView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { withTile } from '../shared/layout.ts';
import { PictureTile } from '../shared/picture-tile.tsx';
import type { Centre } from './centre.ts';
import { MAX_TILES } from './screen-tools.tsx';
import { UploadDialog } from './upload-dialog.tsx';

interface ImagesProps {
  readonly centre: Centre;
  readonly incident: IncidentView;
}

/** Stills and other images of the incident: looked at, put on the screen, added and removed from here. */
export function ImagesPanel({ centre, incident }: ImagesProps) {
  const texts = useTexts();
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<IncidentImage>();
  const { images = [] } = incident;
  if (!centre.may('incident.manage')) return null;
  return (
    <section class="panel" data-testid="images-panel">
      <h3>{texts.plans.images}</h3>
      {images.length === 0 && <p class="hint">{texts.plans.noImages}</p>}
      <ul class="choices">
        {images.map((image) => (
          <ImageRow
            key={image.id}
            centre={centre}
            incident={incident}
            image={image}
            onShow={() => setShown(image)}
          />
        ))}
      </ul>
      <p class="hint">{texts.plans.imageDays}</p>
      <button type="button" data-testid="add-image" onClick={() => setAdding(true)}>
        {texts.plans.addImage}
      </button>
      {adding && (
        <UploadDialog
          title={texts.plans.addImage}
          testid="image-upload"
          onUpload={(upload) => centre.api.addImage(incident.id, upload)}
          onClose={() => setAdding(false)}
        />
      )}
      {shown && (
        <ImageDialog incident={incident} image={shown} onClose={() => setShown(undefined)} />
      )}
    </section>
  );
}

function ImageRow(props: ImagesProps & { image: IncidentImage; onShow: () => void }) {
  const { centre, incident, image, onShow } = props;
  const { id, name, addedAt } = image;
  const texts = useTexts();
  const { screen } = incident;
  const said = texts.plans.still(name, clockTime(addedAt));
  return (
    <li class="picture-row">
      <button
        type="button"
        data-testid={`image-${id}`}
        aria-label={texts.plans.show(said)}
        onClick={onShow}
      >
        {said}
      </button>
      <button
        type="button"
        data-testid={`show-image-${id}`}
        aria-label={texts.plans.onTile(said)}
        title={texts.plans.onTile(said)}
        disabled={screen.tiles.length >= MAX_TILES}
        onClick={() => void centre.setScreen(incident.id, withTile(screen, { image: id }))}
      >
        ◱
      </button>
      <button
        type="button"
        class="quiet"
        data-testid={`remove-image-${id}`}
        aria-label={texts.plans.remove(said)}
        onClick={() => void centre.attempt((api) => api.removeImage(incident.id, id))}
      >
        ✕
      </button>
    </li>
  );
}

interface ImageDialogProps {
  readonly incident: IncidentView;
  readonly image: IncidentImage;
  readonly onClose: () => void;
}

/** Looked at before anybody else sees it. */
function ImageDialog({ incident, image, onClose }: ImageDialogProps) {
  const texts = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog
      ref={element}
      class="plan-dialog"
      aria-label={image.name}
      onClose={onClose}
      data-testid="image-dialog"
    >
      <div class="image-area">
        <PictureTile
          url={imageUrl(incident.id, image.id)}
          id={image.id}
          name={texts.plans.still(image.name, clockTime(image.addedAt))}
          testid="image"
        />
      </div>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => element.current?.close()}>
          {texts.plans.done}
        </button>
      </div>
    </dialog>
  );
}

export function imageUrl(incident: string, image: string): string {
  return `/v1/incidents/${encodeURIComponent(incident)}/images/${encodeURIComponent(image)}`;
}
