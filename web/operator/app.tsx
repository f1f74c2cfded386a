import { useCallback, useEffect } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { holderName } from '../shared/hands.ts';
import { Header } from '../shared/header.tsx';
import type { LanguageChoice } from '../shared/i18n.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Leave } from '../shared/live-desk.ts';
import { LostBar } from '../shared/lost-bar.tsx';
import { inWords } from '../shared/reasons.ts';
import { SessionGate } from '../shared/session.tsx';
import { useStore } from '../shared/store.ts';
import type { Texts } from '../shared/texts-nl.ts';
import { isNew } from './alarm-order.ts';
import { AlarmPage } from './alarm-page.tsx';
import { Centre, type Problem } from './centre.ts';
import { HandoverBar } from './handover-bar.tsx';
import { IncidentPage } from './incident-page.tsx';
import { cameraName } from './names.ts';
import { PendingBar } from './pending-bar.tsx';
import { RecordingBar } from './recording-bar.tsx';
import { RunningBar } from './running-bar.tsx';
import { Sidebar } from './sidebar.tsx';
import { SitePage } from './site-page.tsx';

export function App({ api, choice }: { api: GatewayApi; choice: LanguageChoice }) {
  const texts = useTexts();
  const createDesk = useCallback(
    (session: SessionView, leave: Leave) => new Centre(session, api, leave),
    [api],
  );
  return (
    <SessionGate
      api={api}
      title={texts.operatorTitle}
      choice={choice}
      side="centre"
      createDesk={createDesk}
    >
      {(centre, session, logout) => (
        <Console centre={centre} session={session} choice={choice} logout={logout} />
      )}
    </SessionGate>
  );
}

interface ConsoleProps {
  readonly centre: Centre;
  readonly session: SessionView;
  readonly choice: LanguageChoice;
  readonly logout: () => void;
}

function Console({ centre, session, choice, logout }: ConsoleProps) {
  const texts = useTexts();
  const state = useStore(centre.store);
  const connection = useStore(centre.connection).state;
  const pending = state.requests.filter((request) => request.state === 'pending');
  const waiting = pending.length + state.alarms.filter(isNew).length;
  useEffect(() => {
    const count = waiting > 0 ? `(${waiting}) ` : '';
    document.title = `${count}${texts.operatorTitle} · Live View`;
  }, [waiting, texts]);
  return (
    <>
      <a class="skip" href="#content">
        {texts.skip}
      </a>
      <Header
        title={texts.operatorTitle}
        choice={choice}
        session={session}
        connection={connection}
        onLogout={logout}
      />
      <RecordingBar since={state.unrecordedSince} />
      <PendingBar centre={centre} state={state} pending={pending} />
      <HandoverBar centre={centre} state={state} />
      <RunningBar centre={centre} state={state} />
      <LostBar desk={centre} cameraName={(id) => cameraName(state, id)} />
      {state.problem && (
        <p class="problem-bar" role="alert" data-testid="problem">
          {problemText(state.problem, session, texts)}
          <button type="button" onClick={() => centre.store.set({ problem: null })}>
            {texts.dismiss}
          </button>
        </p>
      )}
      <div class="columns">
        <Sidebar centre={centre} state={state} demonstration={session.demonstration === true} />
        <main id="content" class="content">
          <Page centre={centre} />
        </main>
      </div>
    </>
  );
}

function problemText(problem: Problem, session: SessionView, texts: Texts): string {
  const { holder } = problem;
  if (holder) return texts.hands.refused(holderName(holder, session, texts));
  return texts.failed(inWords(problem, texts));
}

function Page({ centre }: { centre: Centre }) {
  const texts = useTexts();
  const state = useStore(centre.store);
  const { selection } = state;
  if (selection?.kind === 'alarm') {
    const alarm = state.alarms.find(({ id }) => id === selection.id);
    if (!alarm) return <p class="notice">{texts.alarms.gone}</p>;
    return <AlarmPage key={alarm.id} centre={centre} state={state} alarm={alarm} />;
  }
  if (selection?.kind === 'incident') {
    const incident = state.incidents.find(({ id }) => id === selection.id);
    if (incident) {
      return <IncidentPage key={incident.id} centre={centre} state={state} incident={incident} />;
    }
  }
  if (selection?.kind === 'site') {
    const site = state.sites.find(({ id }) => id === selection.id);
    if (site) return <SitePage key={site.id} centre={centre} state={state} site={site} />;
  }
  return <p class="notice">{texts.chooseSite}</p>;
}
