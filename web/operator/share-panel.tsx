import { useState } from 'preact/hooks';
import type { Incident, Right } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { Many } from '../shared/inputs.tsx';
import { useNow } from '../shared/store.ts';
import type { IncidentProps } from './incident-page.tsx';
import { cameraName } from './names.ts';

interface Room {
  readonly id: string;
  readonly name: string;
}

/** With whom the incident is shared, for how long yet, and how to change that. */
export function SharePanel({ centre, state, incident }: IncidentProps) {
  const texts = useTexts();
  const [sharing, setSharing] = useState<Room>();
  const rooms = centre.session.controlRooms ?? [];
  return (
    <section class="panel share" data-testid="share-panel">
      <h3>{texts.share}</h3>
      {rooms.length === 0 && <p class="hint">{texts.noControlRooms}</p>}
      <ul class="rooms">
        {rooms.map((room) => (
          <RoomItem
            key={room.id}
            room={room}
            grant={grantOf(incident, room)}
            cameraName={(id) => cameraName(state, id)}
            mayChange={centre.may('incident.manage')}
            onShare={() => setSharing(room)}
            onWithdraw={() => void centre.act((api) => api.withdraw(incident.id, room.id))}
          />
        ))}
      </ul>
      {sharing && (
        <ShareDialog
          centre={centre}
          state={state}
          incident={incident}
          room={sharing}
          onClose={() => setSharing(undefined)}
        />
      )}
    </section>
  );
}

type Grant = Incident['grants'][number];

function grantOf({ grants }: Incident, room: Room): Grant | undefined {
  return grants.find(({ controlRoom }) => controlRoom === room.id);
}

interface RoomItemProps {
  readonly room: Room;
  /** What is shared with it now. */
  readonly grant: Grant | undefined;
  readonly cameraName: (id: string) => string;
  readonly mayChange: boolean;
  readonly onShare: () => void;
  readonly onWithdraw: () => void;
}

function RoomItem(props: RoomItemProps) {
  const { room, grant, cameraName: nameOf } = props;
  const texts = useTexts();
  return (
    <li class={grant ? 'room active' : 'room'} data-testid={`room-${room.id}`}>
      <div class="room-name">
        <strong>{room.name}</strong>
        {grant ? <TimeLeft grant={grant} /> : <span class="muted">{texts.notShared}</span>}
      </div>
      {grant && (
        <p class="hint">
          {grant.cameras.map(nameOf).join(', ')}
          {' — '}
          {grant.rights.map((right) => texts.rightNames[right]).join(', ')}
        </p>
      )}
      {props.mayChange && <RoomButtons {...props} />}
    </li>
  );
}

function RoomButtons({ room, grant, onShare, onWithdraw }: RoomItemProps) {
  const texts = useTexts();
  return (
    <div class="buttons">
      <button
        type="button"
        class={grant ? '' : 'primary'}
        data-testid={`share-${room.id}`}
        onClick={onShare}
      >
        {grant ? texts.changeShare : texts.shareVerb}
      </button>
      {grant && (
        <button
          type="button"
          class="danger"
          data-testid={`withdraw-${room.id}`}
          onClick={onWithdraw}
        >
          {texts.withdraw}
        </button>
      )}
    </div>
  );
}

function TimeLeft({ grant }: { grant: Grant }) {
  const texts = useTexts();
  const now = useNow();
  return (
    <span class="time-left" data-testid="time-left">
      {texts.timeLeft(timeLeft(grant.expiresAt, now))}
    </span>
  );
}

const RIGHTS: readonly Right[] = ['view', 'ptz', 'switch', 'plan'];
const DEFAULT_MINUTES = 60;

function ShareDialog(props: IncidentProps & { room: Room; onClose: () => void }) {
  const { centre, state, incident, room, onClose } = props;
  const texts = useTexts();
  const grant = grantOf(incident, room);
  const cameras = state.cameras.filter(({ site }) => site === incident.site);
  const [chosen, setChosen] = useState<readonly string[]>(grant?.cameras ?? incident.cameras);
  const [rights, setRights] = useState<readonly Right[]>(grant?.rights ?? RIGHTS);
  const [minutes, setMinutes] = useState(centre.session.grantMinutes ?? DEFAULT_MINUTES);
  const share = async () => {
    const terms = { cameras: chosen, rights, expiresInMinutes: minutes };
    centre.upsert(await centre.api.share(incident.id, room.id, terms));
  };
  return (
    <Dialog
      title={`${texts.shareVerb} · ${room.name}`}
      confirm={texts.shareNow}
      testid="share-dialog"
      disabled={chosen.length === 0 || rights.length === 0}
      onConfirm={share}
      onClose={onClose}
    >
      <Many label={texts.cameras} options={cameras} chosen={chosen} onChange={setChosen} />
      <Many
        label={texts.rights}
        options={RIGHTS.map((id) => ({ id, name: texts.rightNames[id] }))}
        chosen={rights}
        onChange={setRights}
      />
      <Minutes value={minutes} onChange={setMinutes} />
    </Dialog>
  );
}

function Minutes({ value, onChange }: { value: number; onChange: (minutes: number) => void }) {
  const texts = useTexts();
  return (
    <label class="minutes">
      {texts.minutes}
      <input
        type="number"
        name="minutes"
        min={1}
        max={1440}
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
