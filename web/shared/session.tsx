import { useEffect, useState } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { ApiError } from '../../src/client/index.ts';
import type { LanguageChoice } from './i18n.tsx';
import { useTexts } from './i18n.tsx';
import type { Leave } from './live-desk.ts';
import { Login } from './login.tsx';
import type { Reason } from './reasons.ts';
import { inWords, reasonOf } from './reasons.ts';

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
  readonly createDesk: (session: SessionView, leave: Leave) => T;
  readonly children: (
    desk: T,
    session: SessionView,
    logout: () => void,
  ) => preact.ComponentChildren;
}

/** Nobody is logged in, or no longer. */
export function isLoggedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** Shows the login until there is a session, and the console while there is one. */
export function SessionGate<T extends Desk>(props: SessionGateProps<T>) {
  const { api, title, choice, side } = props;
  const texts = useTexts();
  const { session, desk, problem, enter, logout } = useSession(props);
  if (session === undefined) return <p class="notice">{texts.loading}</p>;
  if (session === null) {
    const props = { api, title, choice, side, why: problem, onSession: enter };
    return <Login {...props} />;
  }
  if (session.side !== side || problem) {
    return (
      <main class="notice">
        <p role="alert">{problem ? texts.failed(inWords(problem, texts)) : texts.wrongConsole}</p>
        <button type="button" data-testid="leave" onClick={logout}>
          {texts.logout}
        </button>
      </main>
    );
  }
  return desk ? props.children(desk, session, logout) : <p class="notice">{texts.loading}</p>;
}

/** `session`: undefined until the gateway said, null when nobody is logged in. */
function useSession<T extends Desk>({ api, side, createDesk }: SessionGateProps<T>) {
  const [session, setSession] = useState<SessionView | null>();
  const [desk, setDesk] = useState<T>();
  const [problem, setProblem] = useState<Reason>();
  const enter = (entered: SessionView) => {
    setProblem(undefined);
    setSession(entered);
  };
  const leave: Leave = (why) => {
    setProblem(why);
    setSession(null);
  };
  const fail = (error: unknown) => leave(isLoggedOut(error) ? undefined : reasonOf(error));
  useEffect(() => {
    api.session().then(enter, fail);
  }, [api]);
  useEffect(() => {
    if (!session || session.side !== side) return;
    let current = true;
    const made = createDesk(session, (why) => current && leave(why));
    made.start().then(
      () => current && setDesk(made),
      (error: unknown) => current && setProblem(reasonOf(error)),
    );
    return () => {
      current = false;
      made.stop();
      setDesk(undefined);
    };
  }, [session, side, createDesk]);
  const logout = () => void api.logout().then(() => leave(), fail);
  return { session, desk, problem, enter, logout };
}
