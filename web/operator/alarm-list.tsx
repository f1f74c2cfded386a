import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlarmView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { VerificationMark } from '../shared/verification.tsx';
import { besides, isNew, isUrgent, openAlarms } from './alarm-order.ts';
import { AlarmSound } from './alarm-sound.ts';
import type { Centre, CentreState } from './centre.ts';
import { siteName } from './names.ts';

interface AlarmListProps {
  readonly centre: Centre;
  readonly state: CentreState;
}

/** Open alarms, on every page: the most urgent first. Nothing plays until one is chosen. */
export function AlarmList({ centre, state }: AlarmListProps) {
  const texts = useTexts();
  const open = openAlarms(state.alarms);
  return (
    <section aria-labelledby="alarms-title" data-testid="alarm-list">
      <div class="list-head">
        <h2 id="alarms-title">{texts.alarms.title}</h2>
        <Call state={state} open={open} />
      </div>
      {open.length === 0 && <p class="hint">{texts.alarms.none}</p>}
      <ul class="picks alarms" data-testid="alarms">
        {open.map((alarm) => (
          <li key={alarm.id}>
            <AlarmPick centre={centre} state={state} alarm={alarm} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Says that an alarm came in: to the ear, and in words to whoever has the page read out. */
function Call({ state, open }: { state: CentreState; open: readonly AlarmView[] }) {
  const texts = useTexts();
  const [sound] = useState(() => new AlarmSound(localStorage));
  const [on, setOn] = useState(sound.isOn);
  useEffect(() => () => sound.close(), [sound]);
  const known = useRef<ReadonlySet<string>>(new Set());
  const [came, setCame] = useState<AlarmView>();
  useEffect(() => {
    const fresh = open.filter((alarm) => isNew(alarm) && !known.current.has(alarm.id));
    known.current = new Set(open.map(({ id }) => id));
    const [first] = fresh;
    if (!first) return;
    setCame(first);
    sound.play(fresh.some(isUrgent));
  }, [open, sound]);
  const toggle = () => {
    sound.turn(!on);
    setOn(!on);
  };
  return (
    <>
      <p class="visually-hidden" role="alert" data-testid="alarm-call">
        {came && texts.alarms.came(texts.alarms.kinds[came.kind], siteName(state, came.site))}
      </p>
      <button
        type="button"
        class="quiet sound"
        aria-pressed={on}
        data-testid="alarm-sound"
        onClick={toggle}
      >
        {on ? texts.alarms.soundOn : texts.alarms.soundOff}
      </button>
    </>
  );
}

function AlarmPick({ centre, state, alarm }: AlarmListProps & { alarm: AlarmView }) {
  const texts = useTexts();
  const { id, kind, site, at, repeats, verification } = alarm;
  const urgent = isUrgent(alarm);
  const others = besides(state.alarms, alarm).length;
  return (
    <button
      type="button"
      class={`pick alarm-pick${urgent ? ' urgent' : ''}${isNew(alarm) ? ' new' : ''}`}
      data-testid={`alarm-${id}`}
      data-priority={alarm.priority}
      aria-current={state.selection?.kind === 'alarm' && state.selection.id === id}
      onClick={() => centre.select({ kind: 'alarm', id })}
    >
      <span class="pick-title">
        <span>
          {urgent && (
            <span class="urgent-sign">
              <span aria-hidden="true">▲</span>
              <span class="visually-hidden">{texts.alarms.urgent}</span>
            </span>
          )}
          {texts.alarms.kinds[kind]}
        </span>
        {isNew(alarm) && <span class="badge new">{texts.alarms.fresh}</span>}
      </span>
      <span class="muted">
        {siteName(state, site)} · {clockTime(at)}
        {repeats.count > 0 && ` · ${texts.alarms.times(repeats.count + 1)}`}
        {others > 0 && ` · +${others}`}
      </span>
      <VerificationMark verification={verification} user={centre.session.user} />
    </button>
  );
}
