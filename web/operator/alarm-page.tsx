import { useState } from 'preact/hooks';
import type { AlarmView, CameraView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useLanguage, useTexts } from '../shared/i18n.tsx';
import { inLanguage, VerificationMark } from '../shared/verification.tsx';
import { AlarmActs } from './alarm-acts.tsx';
import { besides } from './alarm-order.ts';
import type { Centre, CentreState } from './centre.ts';
import { ControlPanel } from './control-panel.tsx';
import { siteName } from './names.ts';
import { PlansPanel } from './plans-panel.tsx';
import { SiteFacts, SiteWall } from './site-page.tsx';

export interface AlarmProps {
  readonly centre: Centre;
  readonly state: CentreState;
  readonly alarm: AlarmView;
}

/** As many pictures as one looks at to judge; the others are on the page of the site. */
const MOST_PICTURES = 9;

/** All that is needed to judge an alarm: its cameras, live, the file of the site, and whom to call. */
export function AlarmPage({ centre, state, alarm }: AlarmProps) {
  const texts = useTexts();
  const [selected, setSelected] = useState<string>();
  const seeing = state.cameras.filter(({ id }) => alarm.cameras.includes(id));
  const camera = seeing.find(({ id }) => id === selected);
  const site = state.sites.find(({ id }) => id === alarm.site);
  return (
    <div class="page" data-testid="alarm" data-alarm={alarm.id} data-state={alarm.state}>
      <AlarmHead centre={centre} state={state} alarm={alarm} />
      <div class="page-body">
        {centre.may('camera.watch') ? (
          <SiteWall
            centre={centre}
            cameras={shown(seeing)}
            selected={selected}
            onSelect={setSelected}
          />
        ) : (
          <p class="notice">{texts.noImages}</p>
        )}
        <aside class="panels">
          {camera && centre.may('camera.steer') && <ControlPanel centre={centre} camera={camera} />}
          <Besides centre={centre} state={state} alarm={alarm} />
          {site && <SiteFacts site={site} />}
          <PlansPanel centre={centre} site={alarm.site} cameras={state.cameras} />
          <Details alarm={alarm} />
          {site && (
            <button
              type="button"
              class="quiet"
              data-testid="alarm-site"
              onClick={() => centre.select({ kind: 'site', id: site.id })}
            >
              {texts.alarms.allCameras(
                state.cameras.filter((each) => each.site === site.id).length,
              )}
            </button>
          )}
        </aside>
      </div>
    </div>
  );
}

function shown(cameras: readonly CameraView[]): readonly CameraView[] {
  return cameras.slice(0, MOST_PICTURES);
}

function AlarmHead({ centre, state, alarm }: AlarmProps) {
  const texts = useTexts();
  const language = useLanguage();
  const { kind, site, text, at, occurredAt, repeats, restoredAt, verification } = alarm;
  const told = [
    texts.alarms.at(clockTime(at)),
    ...(occurredAt === undefined ? [] : [texts.alarms.occurredAt(clockTime(occurredAt))]),
    ...(repeats.count > 0 ? [texts.alarms.repeats(repeats.count)] : []),
    ...(repeats.lastAt === undefined ? [] : [texts.alarms.last(clockTime(repeats.lastAt))]),
    ...(restoredAt === undefined ? [] : [texts.alarms.restored(clockTime(restoredAt))]),
  ];
  return (
    <div class="page-head">
      <div>
        <h2>
          {texts.alarms.kinds[kind]} · {siteName(state, site)}{' '}
          <VerificationMark verification={verification} user={centre.session.user} />
        </h2>
        <p class="summary" data-testid="alarm-text">
          {inLanguage(text, language)}
        </p>
        <p class="hint">{told.join(' · ')}</p>
        <p class="hint">{texts.verifyHint}</p>
      </div>
      <AlarmActs centre={centre} state={state} alarm={alarm} />
    </div>
  );
}

/** Several buttons, or a button and a detector. */
function Besides({ centre, state, alarm }: AlarmProps) {
  const texts = useTexts();
  const language = useLanguage();
  const others = besides(state.alarms, alarm);
  if (others.length === 0) return null;
  return (
    <section class="panel" data-testid="alongside">
      <h3>{texts.alarms.alongside(others.length)}</h3>
      <p class="hint">{texts.alarms.alongsideHint}</p>
      <ul class="picks">
        {others.map((other) => (
          <li key={other.id}>
            <button
              type="button"
              class="pick"
              onClick={() => centre.select({ kind: 'alarm', id: other.id })}
            >
              <span class="pick-title">{inLanguage(other.text, language)}</span>
              <span class="muted">{clockTime(other.at)}</span>
              <VerificationMark verification={other.verification} user={centre.session.user} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Details({ alarm: { source, details } }: { alarm: AlarmView }) {
  const texts = useTexts();
  return (
    <section class="panel" data-testid="alarm-details">
      <h3>{texts.alarms.details}</h3>
      <dl class="facts">
        <dt>{texts.alarms.source}</dt>
        <dd>
          {source.type} · {source.id}
        </dd>
        {Object.entries(details).map(([name, value]) => [
          <dt key={`${name} name`}>{name}</dt>,
          <dd key={name}>{value}</dd>,
        ])}
      </dl>
    </section>
  );
}
