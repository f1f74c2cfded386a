import { useState } from 'preact/hooks';
import type { CameraView, SiteView } from '../../src/client/index.ts';
import { CameraTile } from '../shared/camera-tile.tsx';
import { Contacts } from '../shared/contacts.tsx';
import { HolderBadge } from '../shared/holder-badge.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { TileGrid } from '../shared/tile-grid.tsx';
import { RaiseAlarmDialog } from './alarm-dialogs.tsx';
import type { Centre, CentreState } from './centre.ts';
import { ControlPanel } from './control-panel.tsx';
import { OpenIncidentDialog } from './open-incident.tsx';
import { PlansPanel } from './plans-panel.tsx';

/** Looking before anything is shared: the cameras of one site, live, and what is known of the place. */
export function SitePage(props: { centre: Centre; state: CentreState; site: SiteView }) {
  const { centre, state, site } = props;
  const texts = useTexts();
  const [selected, setSelected] = useState<string>();
  const [opening, setOpening] = useState<'incident' | 'alarm'>();
  const close = () => setOpening(undefined);
  const cameras = state.cameras.filter((camera) => camera.site === site.id);
  const camera = cameras.find(({ id }) => id === selected);
  return (
    <div class="page">
      <SiteHead
        name={site.name}
        {...(centre.may('incident.manage') ? { onOpen: () => setOpening('incident') } : {})}
        {...(centre.may('alarm.raise') ? { onAlarm: () => setOpening('alarm') } : {})}
      />
      <div class="page-body">
        {cameras.length === 0 && <p class="notice">{texts.noCameras}</p>}
        {centre.may('camera.watch') ? (
          <SiteWall centre={centre} cameras={cameras} selected={selected} onSelect={setSelected} />
        ) : (
          <p class="notice">{texts.noImages}</p>
        )}
        <aside class="panels">
          {camera && centre.may('camera.steer') && <ControlPanel centre={centre} camera={camera} />}
          <SiteFacts site={site} />
          <PlansPanel key={site.id} centre={centre} site={site.id} cameras={cameras} />
        </aside>
      </div>
      {opening === 'incident' && (
        <OpenIncidentDialog centre={centre} site={site} cameras={cameras} onClose={close} />
      )}
      {opening === 'alarm' && (
        <RaiseAlarmDialog centre={centre} site={site} cameras={cameras} onClose={close} />
      )}
    </div>
  );
}

interface SiteHeadProps {
  readonly name: string;
  /** Absent for whoever may not open incidents. */
  readonly onOpen?: () => void;
  /** Absent for whoever may not raise alarms. */
  readonly onAlarm?: () => void;
}

function SiteHead({ name, onOpen, onAlarm }: SiteHeadProps) {
  const texts = useTexts();
  return (
    <div class="page-head">
      <div>
        <h2>{name}</h2>
        <p class="hint">{texts.verifyHint}</p>
      </div>
      <div class="buttons">
        {onAlarm && (
          <button type="button" data-testid="raise-alarm" onClick={onAlarm}>
            {texts.alarms.raise}
          </button>
        )}
        {onOpen && (
          <button type="button" class="danger" data-testid="open-incident" onClick={onOpen}>
            {texts.openIncident}
          </button>
        )}
      </div>
    </div>
  );
}

export interface SiteWallProps {
  readonly centre: Centre;
  readonly cameras: readonly CameraView[];
  readonly selected: string | undefined;
  readonly onSelect: (camera: string | undefined) => void;
}

/** All cameras of the site, the chosen one large. */
export function SiteWall({ centre, cameras, selected, onSelect }: SiteWallProps) {
  const texts = useTexts();
  const index = cameras.findIndex(({ id }) => id === selected);
  return (
    <TileGrid count={cameras.length} focus={index < 0 ? null : index} label={texts.liveImages}>
      {cameras.map(({ id, name }) => (
        <CameraTile
          key={id}
          client={centre.client}
          camera={id}
          name={name}
          badge={<HolderBadge desk={centre} camera={id} />}
          selected={id === selected}
          large={id === selected}
          onSelect={() => onSelect(id === selected ? undefined : id)}
        />
      ))}
    </TileGrid>
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
        <Contacts contacts={site.contacts} />
      </dl>
    </section>
  );
}
