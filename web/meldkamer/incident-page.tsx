import { useCallback, useEffect, useState } from 'preact/hooks';
import type {
  CameraView,
  IncidentView,
  PlanSight,
  RequestHandle,
  Right,
  Screen,
} from '../../src/client/index.ts';
import { CameraControl } from '../shared/camera-control.tsx';
import { CameraHold } from '../shared/camera-hold.tsx';
import { CameraOutputs } from '../shared/camera-outputs.tsx';
import { clockTime, timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { cameraOn } from '../shared/layout.ts';
import { Notes } from '../shared/notes.tsx';
import { useNow } from '../shared/store.ts';
import { IncidentAlarms } from '../shared/verification.tsx';
import { AskPlan } from './ask-plan.tsx';
import { Facts } from './facts.tsx';
import { cameraOf, siteNameOf } from './names.ts';
import { readingOf } from './reading.ts';
import { RequestList } from './request-list.tsx';
import type { Over, Room, RoomState } from './room.ts';
import { SharedScreen } from './shared-screen.tsx';
import { SwitchCamera } from './switch-camera.tsx';

export interface IncidentProps {
  readonly room: Room;
  readonly state: RoomState;
  readonly incident: IncidentView;
}

/** Watching along: the screen that the operator composed, and what may be asked. */
export function IncidentPage({ room, state, incident }: IncidentProps) {
  const texts = useTexts();
  const { screen, sights } = useScreen(room, incident);
  const [selected, setSelected] = useState(0);
  const rights = incident.grants[0]?.rights ?? [];
  const mayAsk = (right: Right) => rights.includes(right) && room.may('request.make');
  const index = Math.min(selected, Math.max(0, screen.tiles.length - 1));
  const shown = cameraOn(screen.tiles[index]);
  const camera = shown === undefined ? undefined : cameraOf(incident, shown);
  const addNote = (text: string) => room.act((api) => api.writeNote(incident.id, text));
  return (
    <div class="page" data-testid="incident" data-incident={incident.id}>
      <IncidentHead room={room} incident={incident} />
      <div class="page-body">
        <SharedScreen
          room={room}
          incident={incident}
          screen={screen}
          sights={sights}
          selected={index}
          onSelect={setSelected}
        />
        <aside class="panels">
          {mayAsk('ptz') && <ControlPanel room={room} camera={camera} incident={incident.id} />}
          <RequestList incident={incident} requests={state.requests} />
          {mayAsk('switch') && screen.tiles.length > 0 && (
            <SwitchCamera room={room} incident={incident} tile={index} shown={camera?.id} />
          )}
          {mayAsk('plan') && (
            <AskPlan room={room} incident={incident} screen={screen} tile={index} />
          )}
          <IncidentAlarms alarms={incident.alarms} />
          <Facts incident={incident} />
          <Notes
            notes={incident.notes}
            writer={({ by, controlRoom }) => {
              if (by === undefined) return texts.anotherRoom;
              return controlRoom === undefined ? (room.session.gateway ?? by) : by;
            }}
            reading={readingOf(room, incident)}
            {...(room.may('note.write') ? { onAdd: addNote } : {})}
          />
        </aside>
      </div>
    </div>
  );
}

function IncidentHead({ room, incident }: { room: Room; incident: IncidentView }) {
  const texts = useTexts();
  const now = useNow();
  const grant = incident.grants[0];
  return (
    <div class="page-head">
      <div>
        <h2>
          {texts.types[incident.type]} · {siteNameOf(incident)}
        </h2>
        <p class="summary">{incident.summary}</p>
        <p class="hint">{texts.openedAt(clockTime(incident.openedAt), incident.openedBy)}</p>
      </div>
      <div class="head-side">
        {grant && (
          <span class="time-left" data-testid="time-left">
            {texts.timeLeft(timeLeft(grant.expiresAt, now))}
          </span>
        )}
        <button type="button" class="quiet" onClick={() => room.leaveIncident()}>
          {texts.backToList}
        </button>
      </div>
    </div>
  );
}

interface ControlPanelProps {
  readonly room: Room;
  readonly camera: CameraView | undefined;
  readonly incident: string;
}

/** Every movement is asked for; of the camera on the chosen tile. */
function ControlPanel({ room, camera, incident }: ControlPanelProps) {
  const texts = useTexts();
  const onState = useCallback((handle: RequestHandle) => room.asked(handle), [room]);
  useEffect(() => void room.lookAgain(), [room, camera?.id]);
  return (
    <section class="panel" data-testid="control-panel">
      <h3>
        {texts.control} {camera && <span class="muted">{camera.name}</span>}
      </h3>
      {camera ? (
        <>
          <CameraHold
            key={`hold-${camera.id}`}
            desk={room}
            camera={camera}
            incident={incident}
            onState={onState}
          />
          <CameraControl
            key={camera.id}
            client={room.client}
            camera={camera}
            incident={incident}
            hint={texts.askHint}
            onState={onState}
          />
          <CameraOutputs desk={room} camera={camera} incident={incident} onState={onState} />
        </>
      ) : (
        <p class="hint">{texts.selectTile}</p>
      )}
    </section>
  );
}

/** The screen as it is followed; as the incident gave it until the first word of the socket. */
function useScreen(room: Room, incident: IncidentView) {
  const [screen, setScreen] = useState<Screen>(incident.screen);
  const [sights, setSights] = useState<readonly PlanSight[]>([]);
  useEffect(() => {
    const following = room.client.follow(incident.id, {
      onScreen: setScreen,
      onPointing: setSights,
    });
    return () => following.stop();
  }, [room, incident.id]);
  return { screen, sights };
}

/** Nothing is left of the pictures: this is the whole page. */
export function OverPage({ room, over }: { room: Room; over: Over }) {
  const texts = useTexts();
  const { incident, closed, reason } = over;
  return (
    <div class="over" role="alert" data-testid="over" data-closed={closed}>
      <span class="over-mark" aria-hidden="true" />
      <h2>{closed ? texts.incidentClosedTitle : texts.shareOverTitle}</h2>
      <p>
        {texts.types[incident.type]} · {siteNameOf(incident)}
      </p>
      {reason && <p>{reason}</p>}
      <p class="muted">{texts.shareOverText}</p>
      <button
        type="button"
        class="primary"
        data-testid="over-back"
        onClick={() => room.leaveIncident()}
      >
        {texts.backToList}
      </button>
    </div>
  );
}
