import { useState } from 'preact/hooks';
import type { Right } from '../../src/client/index.ts';
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
  const now = useNow();
  const [sharing, setSharing] = useState<Room>();
  const rooms = centre.session.controlRooms ?? [];
  return (
    <section class="panel share" data-testid="share-panel">
      <h3>{texts.share}</h3>
      {rooms.length === 0 && <p class="hint">{texts.noControlRooms}</p>}
      <ul class="rooms">
        {rooms.map((room) => {
          const grant = incident.grants.find(({ controlRoom }) => controlRoom === room.id);
          return (
            <li
              key={room.id}
              class={grant ? 'room active' : 'room'}
              data-testid={`room-${room.id}`}
            >
              <div class="room-name">
                <strong>{room.name}</strong>
                {grant ? (
                  <span class="time-left" data-testid="time-left">
                    {texts.timeLeft(timeLeft(grant.expiresAt, now))}
                  </span>
                ) : (
                  <span class="muted">{texts.notShared}</span>
                )}
              </div>
              {grant && (
                <p class="hint">
                  {grant.cameras.map((id) => cameraName(state, id)).join(', ')}
                  {' — '}
                  {grant.rights.map((right) => texts.rightNames[right]).join(', ')}
                </p>
              )}
              <div class="buttons">
                <button
                  type="button"
                  class={grant ? '' : 'primary'}
                  data-testid={`share-${room.id}`}
                  onClick={() => setSharing(room)}
                >
                  {grant ? texts.changeShare : texts.shareVerb}
                </button>
                {grant && (
                  <button
                    type="button"
                    class="danger"
                    data-testid={`withdraw-${room.id}`}
                    onClick={() => centre.act((api) => api.withdraw(incident.id, room.id))}
                  >
                    {texts.withdraw}
                  </button>
                )}
              </div>
            </li>
          );
        })}
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

const RIGHTS: readonly Right[] = ['view', 'ptz', 'switch'];
const DEFAULT_MINUTES = 60;

function ShareDialog(props: IncidentProps & { room: Room; onClose: () => void }) {
  const { centre, state, incident, room, onClose } = props;
  const texts = useTexts();
  const grant = incident.grants.find(({ controlRoom }) => controlRoom === room.id);
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
      <label class="minutes">
        {texts.minutes}
        <input
          type="number"
          name="minutes"
          min={1}
          max={1440}
          required
          value={minutes}
          onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
        />
      </label>
    </Dialog>
  );
}
