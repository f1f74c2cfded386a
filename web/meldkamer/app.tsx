import { useCallback } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { Header } from '../shared/header.tsx';
import type { LanguageChoice } from '../shared/i18n.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Leave } from '../shared/live-desk.ts';
import { LostBar } from '../shared/lost-bar.tsx';
import { SessionGate } from '../shared/session.tsx';
import { useStore } from '../shared/store.ts';
import { AskImages } from './ask-images.tsx';
import { IncidentList } from './incident-list.tsx';
import { IncidentPage, OverPage } from './incident-page.tsx';
import { cameraNameOf, siteNameOf } from './names.ts';
import { Offers } from './offers.tsx';
import { ProblemBar } from './problem-bar.tsx';
import { Room } from './room.ts';

export function App({ api, choice }: { api: GatewayApi; choice: LanguageChoice }) {
  const texts = useTexts();
  const createDesk = useCallback(
    (session: SessionView, leave: Leave) => new Room(session, api, leave),
    [api],
  );
  return (
    <SessionGate
      api={api}
      title={texts.meldkamerTitle}
      choice={choice}
      side="police"
      createDesk={createDesk}
    >
      {(room, session, logout) => (
        <Console room={room} session={session} choice={choice} logout={logout} />
      )}
    </SessionGate>
  );
}

interface ConsoleProps {
  readonly room: Room;
  readonly session: SessionView;
  readonly choice: LanguageChoice;
  readonly logout: () => void;
}

function Console({ room, session, choice, logout }: ConsoleProps) {
  const texts = useTexts();
  const connection = useStore(room.connection).state;
  const { incidents } = useStore(room.store);
  return (
    <>
      <a class="skip" href="#content">
        {texts.skip}
      </a>
      <Header
        title={texts.meldkamerTitle}
        choice={choice}
        session={session}
        connection={connection}
        onLogout={logout}
      />
      <ProblemBar room={room} />
      <LostBar desk={room} cameraName={(id) => cameraNameOf(incidents, id)} />
      <Offers room={room} />
      <ShareNotices room={room} />
      <main id="content" class="content">
        <Page room={room} />
      </main>
    </>
  );
}

/** Something was shared: said, never shown unasked. */
function ShareNotices({ room }: { room: Room }) {
  const texts = useTexts();
  const { incidents, unseen } = useStore(room.store);
  return (
    <section class="share-notices" role="alert" data-testid="share-notices">
      {incidents
        .filter(({ id }) => unseen.includes(id))
        .map((incident) => (
          <p key={incident.id} class="share-notice">
            <strong>
              {texts.shareNotice(`${texts.types[incident.type]}, ${siteNameOf(incident)}`)}
            </strong>
            <button
              type="button"
              class="primary"
              data-testid="view-notice"
              onClick={() => room.watch(incident.id)}
            >
              {texts.view}
            </button>
          </p>
        ))}
    </section>
  );
}

function Page({ room }: { room: Room }) {
  const state = useStore(room.store);
  if (state.over) return <OverPage room={room} over={state.over} />;
  const incident = state.incidents.find(({ id }) => id === state.watched);
  if (!incident) {
    return (
      <>
        <AskImages room={room} state={state} />
        <IncidentList room={room} incidents={state.incidents} />
      </>
    );
  }
  return <IncidentPage key={incident.id} room={room} state={state} incident={incident} />;
}
