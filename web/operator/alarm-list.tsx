import { useEffect, useState } from 'preact/hooks';
import type { AlarmView } from '../../src/client/index.ts';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { VerificationMark } from '../shared/verification.tsx';
import { AlarmsHeard, type Calling } from './alarm-heard.ts';
import { besides, isAgain, isNew, isUrgent, openAlarms } from './alarm-order.ts';
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
        <Caller state={state} open={open} />
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

/** Says that an alarm came in, or is told anew: to the ear, and in words to whoever has the page read out. */
function Caller({ state, open }: { state: CentreState; open: readonly AlarmView[] }) {
  const texts = useTexts();
  const [sound] = useState(() => new AlarmSound(localStorage));
  const [on, setOn] = useState(sound.isOn);
  useEffect(() => () => sound.close(), [sound]);
  const [heard] = useState(() => new AlarmsHeard(sessionStorage));
  const [called, setCalled] = useState<Calling>();
  useEffect(() => {
    const calling = heard.hear(open);
    if (!calling) return;
    setCalled(calling);
    if (calling.how === 'aloud') sound.play(isUrgent(calling.alarm));
  }, [open, sound, heard]);
  const wordsOf = ({ alarm: { kind, site, calledAt }, isAgain: again }: Calling) => {
    const { alarms } = texts;
    const what = [alarms.kinds[kind], siteName(state, site)] as const;
    return again ? alarms.cameAgain(...what, clockTime(calledAt)) : alarms.came(...what);
  };
  const toggle = () => {
    sound.turn(!on);
    setOn(!on);
  };
  return (
    <>
      <p class="visually-hidden" role="alert" data-testid="alarm-call">
        {called && wordsOf(called)}
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
        {isAgain(alarm) && <span class="badge new again">{texts.alarms.again}</span>}
        {isNew(alarm) && !isAgain(alarm) && <span class="badge new">{texts.alarms.fresh}</span>}
      </span>
      <span class="muted">
        {siteName(state, site)} · {clockTime(at)}
        {repeats.count > 0 && ` · ${texts.alarms.times(repeats.count + 1)}`}
        {repeats.lastAt !== undefined && ` · ${texts.alarms.last(clockTime(repeats.lastAt))}`}
        {others > 0 && ` · +${others}`}
      </span>
      <VerificationMark verification={verification} user={centre.session.user} />
    </button>
  );
}
