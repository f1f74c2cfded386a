import { useState } from 'preact/hooks';
import type { AlarmView } from '../../src/client/index.ts';
import { isUnderWay } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useLanguage, useTexts } from '../shared/i18n.tsx';
import { inLanguage } from '../shared/verification.tsx';
import { EndAlarmDialog, RefuteDialog, VerifyDialog } from './alarm-dialogs.tsx';
import type { AlarmProps } from './alarm-page.tsx';
import type { Centre } from './centre.ts';
import { OpenIncidentDialog } from './open-incident.tsx';

type Open = 'verify' | 'refute' | 'end' | 'incident';

/** What may be done with an alarm as it is now. */
export function AlarmActs({ centre, state, alarm }: AlarmProps) {
  const texts = useTexts();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  if (!centre.may('alarm.handle')) return null;
  if (alarm.state === 'ended') return <p class="state">{texts.alarms.handled}</p>;
  const { verification } = alarm;
  const mayJudge = verification.status !== 'looking' || verification.by === centre.session.user;
  return (
    <div class="buttons alarm-acts">
      <Look centre={centre} alarm={alarm} />
      {mayJudge && verification.status !== 'verified' && (
        <Act testid="verify" onClick={() => setOpen('verify')}>
          {texts.alarms.verify}
        </Act>
      )}
      {mayJudge && (
        <Act testid="refute" onClick={() => setOpen('refute')}>
          {texts.alarms.refute}
        </Act>
      )}
      <Act testid="end-alarm" onClick={() => setOpen('end')}>
        {texts.alarms.end}
      </Act>
      <ToIncident centre={centre} state={state} alarm={alarm} onOpen={() => setOpen('incident')} />
      {open === 'verify' && <VerifyDialog centre={centre} alarm={alarm} onClose={close} />}
      {open === 'refute' && <RefuteDialog centre={centre} alarm={alarm} onClose={close} />}
      {open === 'end' && <EndAlarmDialog centre={centre} alarm={alarm} onClose={close} />}
      {open === 'incident' && (
        <OpenFromAlarm centre={centre} state={state} alarm={alarm} onClose={close} />
      )}
    </div>
  );
}

interface ActProps {
  readonly testid: string;
  readonly class?: string;
  readonly onClick: () => void;
  readonly children: string;
}

function Act({ testid, onClick, children, class: look }: ActProps) {
  return (
    <button
      type="button"
      {...(look === undefined ? {} : { class: look })}
      data-testid={testid}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Look({ centre, alarm: { id, verification } }: { centre: Centre; alarm: AlarmView }) {
  const { alarms } = useTexts();
  if (verification.status === 'verified') return null;
  const looks = verification.status === 'looking' ? verification.by : undefined;
  if (looks === centre.session.user) {
    return (
      <Act testid="let-go" onClick={() => void centre.tryAlarm((api) => api.lookAway(id))}>
        {alarms.letGo}
      </Act>
    );
  }
  return (
    <Act
      testid="look"
      class="primary"
      onClick={() => void centre.tryAlarm((api) => api.lookAt(id))}
    >
      {looks === undefined ? alarms.look : alarms.takeOver(looks)}
    </Act>
  );
}

/** To the incident that it belongs to, to one of its site that is under way, or to a new one. */
function ToIncident({ centre, state, alarm, onOpen }: AlarmProps & { onOpen: () => void }) {
  const texts = useTexts();
  const { incident } = alarm;
  if (incident !== undefined) {
    return (
      <Act
        testid="to-incident"
        class="primary"
        onClick={() => centre.select({ kind: 'incident', id: incident })}
      >
        {texts.alarms.toIncident}
      </Act>
    );
  }
  const here = state.incidents.filter((each) => isUnderWay(each) && each.site === alarm.site);
  return (
    <>
      {here.map(({ id, type, openedAt }) => (
        <Act
          key={id}
          testid={`add-to-${id}`}
          onClick={() => void centre.tryAlarm((api) => api.addToIncident(alarm.id, id))}
        >
          {texts.alarms.addTo(`${texts.types[type]} ${clockTime(openedAt)}`)}
        </Act>
      ))}
      {centre.may('incident.manage') && (
        <Act testid="open-incident" class="danger" onClick={onOpen}>
          {texts.openIncident}
        </Act>
      )}
    </>
  );
}

function OpenFromAlarm({ centre, state, alarm, onClose }: AlarmProps & { onClose: () => void }) {
  const language = useLanguage();
  const site = state.sites.find(({ id }) => id === alarm.site);
  if (!site) return null;
  return (
    <OpenIncidentDialog
      centre={centre}
      site={site}
      cameras={state.cameras.filter((camera) => camera.site === site.id)}
      from={{ alarm, summary: inLanguage(alarm.text, language) }}
      onClose={onClose}
    />
  );
}
