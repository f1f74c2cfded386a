import { useEffect, useState } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { ApiError } from '../../src/client/index.ts';
import type { LanguageChoice } from './i18n.tsx';
import { useTexts } from './i18n.tsx';
import { Login } from './login.tsx';

/** What a console needs when somebody has logged in, and drops when they log out. */
export interface Desk {
  start(): Promise<void>;
  stop(): void;
}

export interface SessionGateProps<T extends Desk> {
  readonly api: GatewayApi;
  readonly title: string;
  readonly choice: LanguageChoice;
  readonly side: SessionView['side'];
  /** @param leave goes back to the login: the session is over, or is to be over. */
  readonly createDesk: (session: SessionView, leave: () => void) => T;
  readonly children: (
    desk: T,
    session: SessionView,
    logout: () => void,
  ) => preact.ComponentChildren;
}

/** Shows the login until there is a session, and the console while there is one. */
export function SessionGate<T extends Desk>(props: SessionGateProps<T>) {
  const { api, title, choice, side, createDesk } = props;
  const texts = useTexts();
  const [session, setSession] = useState<SessionView | null>();
  const [desk, setDesk] = useState<T>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    api.session().then(setSession, (error: unknown) => {
      setSession(null);
      if (!(error instanceof ApiError && error.status === 401)) setProblem(String(error));
    });
  }, [api]);
  useEffect(() => {
    if (!session || session.side !== side) return;
    const made = createDesk(session, () => setSession(null));
    made.start().then(
      () => setDesk(made),
      (error: unknown) => setProblem(String(error)),
    );
    return () => {
      made.stop();
      setDesk(undefined);
    };
  }, [session, side, createDesk]);

  if (session === undefined) return <p class="notice">{texts.loading}</p>;
  if (session === null)
    return <Login api={api} title={title} choice={choice} onSession={setSession} />;
  const logout = () => void api.logout().finally(() => setSession(null));
  if (session.side !== side || problem) {
    return (
      <main class="notice">
        <p role="alert">{session.side === side ? texts.failed(problem) : texts.wrongConsole}</p>
        <button type="button" onClick={logout}>
          {texts.logout}
        </button>
      </main>
    );
  }
  return desk ? props.children(desk, session, logout) : <p class="notice">{texts.loading}</p>;
}
