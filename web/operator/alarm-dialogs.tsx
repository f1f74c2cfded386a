import { useState } from 'preact/hooks';
import type {
  AlarmKind,
  AlarmView,
  CameraView,
  FalseCause,
  SiteView,
  VerificationMethod,
} from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { Choice, Many } from '../shared/inputs.tsx';
import type { Centre } from './centre.ts';

interface AlarmDialogProps {
  readonly centre: Centre;
  readonly alarm: AlarmView;
  readonly onClose: () => void;
}

export function VerifyDialog({ centre, alarm, onClose }: AlarmDialogProps) {
  const { alarms } = useTexts();
  const several = alarm.alongside.length > 0;
  const [method, setMethod] = useState<VerificationMethod>(several ? 'several-buttons' : 'camera');
  const [note, setNote] = useState('');
  const judgement = { status: 'verified', method, ...noted(note) } as const;
  return (
    <Dialog
      title={alarms.verifyTitle}
      confirm={alarms.verify.replace('…', '')}
      testid="verify-dialog"
      onConfirm={() => centre.handle((api) => api.judge(alarm.id, judgement))}
      onClose={onClose}
    >
      <Choice
        label={alarms.verifyTitle}
        name="method"
        options={alarms.methods}
        value={method}
        onChange={setMethod}
      />
      {several && <p class="hint">{alarms.alongside(alarm.alongside.length)}</p>}
      <NoteField value={note} onChange={setNote} />
    </Dialog>
  );
}

export function RefuteDialog({ centre, alarm, onClose }: AlarmDialogProps) {
  const { alarms } = useTexts();
  const [cause, setCause] = useState<FalseCause>('mistake');
  const [note, setNote] = useState('');
  const judgement = { status: 'false', cause, ...noted(note) } as const;
  return (
    <Dialog
      title={alarms.refuteTitle}
      confirm={alarms.refute.replace('…', '')}
      danger
      testid="refute-dialog"
      onConfirm={() => centre.handle((api) => api.judge(alarm.id, judgement))}
      onClose={onClose}
    >
      <Choice
        label={alarms.refuteTitle}
        name="cause"
        options={alarms.causes}
        value={cause}
        onChange={setCause}
      />
      <NoteField value={note} onChange={setNote} />
    </Dialog>
  );
}

export function EndAlarmDialog({ centre, alarm, onClose }: AlarmDialogProps) {
  const { alarms } = useTexts();
  const [note, setNote] = useState('');
  return (
    <Dialog
      title={alarms.endTitle}
      confirm={alarms.handled}
      testid="end-alarm-dialog"
      onConfirm={() => centre.handle((api) => api.endAlarm(alarm.id, note.trim()))}
      onClose={onClose}
    >
      <NoteField value={note} onChange={setNote} />
    </Dialog>
  );
}

interface RaiseAlarmProps {
  readonly centre: Centre;
  readonly site: SiteView;
  readonly cameras: readonly CameraView[];
  readonly onClose: () => void;
}

/** The operator's own button: what was seen on a picture, or told by telephone. */
export function RaiseAlarmDialog({ centre, site, cameras, onClose }: RaiseAlarmProps) {
  const { alarms, cameras: camerasLabel, incidentType } = useTexts();
  const [kind, setKind] = useState<AlarmKind>('hold-up');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(cameras.map(({ id }) => id));
  const words = text.trim() === '' ? {} : { text: text.trim() };
  return (
    <Dialog
      title={alarms.raiseTitle(site.name)}
      confirm={alarms.raise}
      danger
      testid="raise-alarm-dialog"
      onConfirm={() => centre.raise({ site: site.id, kind, ...words, cameras: chosen })}
      onClose={onClose}
    >
      <Choice
        label={incidentType}
        name="kind"
        options={alarms.kinds}
        value={kind}
        onChange={setKind}
      />
      <label>
        {alarms.raiseText}
        <textarea
          name="text"
          rows={2}
          maxLength={500}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <Many label={camerasLabel} options={cameras} chosen={chosen} onChange={setChosen} />
    </Dialog>
  );
}

function noted(note: string): { note?: string } {
  return note.trim() === '' ? {} : { note: note.trim() };
}

function NoteField({ value, onChange }: { value: string; onChange: (note: string) => void }) {
  const { alarms } = useTexts();
  return (
    <label>
      {alarms.note}
      <textarea
        name="note"
        rows={2}
        maxLength={4000}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
