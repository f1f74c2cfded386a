import { useState } from 'preact/hooks';
import type { IncidentView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { withTile } from '../shared/layout.ts';
import type { Centre } from './centre.ts';
import { UploadDialog } from './upload-dialog.tsx';

const MAX_TILES = 9;

/** Stills and other images of the incident: put on the screen, added and removed from here. */
export function ImagesPanel({ centre, incident }: { centre: Centre; incident: IncidentView }) {
  const texts = useTexts();
  const [adding, setAdding] = useState(false);
  const { images = [], screen } = incident;
  if (!centre.may('incident.manage')) return null;
  const show = (image: string) => centre.setScreen(incident.id, withTile(screen, { image }));
  return (
    <section class="panel" data-testid="images-panel">
      <h3>{texts.plans.images}</h3>
      {images.length === 0 && <p class="hint">{texts.plans.noImages}</p>}
      <ul class="choices">
        {images.map(({ id, name, addedAt }) => {
          const said = texts.plans.still(name, clockTime(addedAt));
          return (
            <li key={id} class="picture-row">
              <button
                type="button"
                data-testid={`show-image-${id}`}
                title={texts.plans.onTile}
                disabled={screen.tiles.length >= MAX_TILES}
                onClick={() => void show(id)}
              >
                {said}
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
        })}
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
    </section>
  );
}
