import { useState } from 'preact/hooks';
import type { SiteView } from '../../src/client/index.ts';
import { CameraControl } from '../shared/camera-control.tsx';
import { CameraTile } from '../shared/camera-tile.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { TileGrid } from '../shared/tile-grid.tsx';
import type { Centre, CentreState } from './centre.ts';
import { OpenIncidentDialog } from './open-incident.tsx';

/** Looking before anything is shared: the cameras of one site, live, and what is known of the place. */
export function SitePage(props: { centre: Centre; state: CentreState; site: SiteView }) {
  const { centre, state, site } = props;
  const texts = useTexts();
  const [selected, setSelected] = useState<string>();
  const [opening, setOpening] = useState(false);
  const cameras = state.cameras.filter((camera) => camera.site === site.id);
  const index = cameras.findIndex(({ id }) => id === selected);
  const camera = cameras[index];
  return (
    <div class="page">
      <div class="page-head">
        <div>
          <h2>{site.name}</h2>
          <p class="hint">{texts.verifyHint}</p>
        </div>
        <button
          type="button"
          class="danger"
          data-testid="open-incident"
          onClick={() => setOpening(true)}
        >
          {texts.openIncident}
        </button>
      </div>
      <div class="page-body">
        {cameras.length === 0 && <p class="notice">{texts.noCameras}</p>}
        <TileGrid count={cameras.length} focus={index < 0 ? null : index} label={texts.liveImages}>
          {cameras.map(({ id, name }) => (
            <CameraTile
              key={id}
              client={centre.client}
              camera={id}
              name={name}
              selected={id === selected}
              large={id === selected}
              onSelect={() => setSelected(id === selected ? undefined : id)}
            />
          ))}
        </TileGrid>
        <aside class="panels">
          {camera && (
            <section class="panel">
              <h3>
                {texts.control} <span class="muted">{camera.name}</span>
              </h3>
              <CameraControl
                key={camera.id}
                client={centre.client}
                camera={camera}
                hint={texts.joystickHint}
                onState={centre.steered}
              />
            </section>
          )}
          <SiteFacts site={site} />
        </aside>
      </div>
      {opening && (
        <OpenIncidentDialog
          centre={centre}
          site={site}
          cameras={cameras}
          onClose={() => setOpening(false)}
        />
      )}
    </div>
  );
}

export function SiteFacts({ site }: { site: SiteView }) {
  const texts = useTexts();
  return (
    <section class="panel">
      <h3>{texts.facts}</h3>
      <dl class="facts">
        {site.address && (
          <>
            <dt>{texts.address}</dt>
            <dd>{site.address}</dd>
          </>
        )}
        {site.instructions && (
          <>
            <dt>{texts.instructions}</dt>
            <dd>{site.instructions}</dd>
          </>
        )}
        {site.contacts.length > 0 && (
          <>
            <dt>{texts.contacts}</dt>
            {site.contacts.map(({ name, phone, role }) => (
              <dd key={name}>
                {name}
                {role && <span class="muted"> · {role}</span>}
                {phone && <span class="phone">{phone}</span>}
              </dd>
            ))}
          </>
        )}
      </dl>
    </section>
  );
}
