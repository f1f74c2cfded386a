import type { ConnectionState, SessionView } from '../../src/client/index.ts';
import { clockTime } from './format.ts';
import type { LanguageChoice } from './i18n.tsx';
import { LanguageSwitch, useTexts } from './i18n.tsx';
import { useNow } from './store.ts';

export interface HeaderProps {
  readonly title: string;
  readonly choice: LanguageChoice;
  readonly session?: SessionView;
  readonly connection?: ConnectionState;
  readonly onLogout?: () => void;
}

export function Header({ title, choice, session, connection, onLogout }: HeaderProps) {
  const texts = useTexts();
  const now = useNow();
  return (
    <header class="header">
      <div class="brand">
        <span class="brand-mark" aria-hidden="true" />
        <span class="brand-name">Live View</span>
        <h1>{session?.gateway ? `${title} · ${session.gateway}` : title}</h1>
      </div>
      <div class="header-side">
        {connection && <Connection state={connection} />}
        <time class="clock" aria-hidden="true">
          {clockTime(now)}
        </time>
        <LanguageSwitch choice={choice} />
        {session && (
          <span class="user" data-testid="user" title={session.user}>
            {session.name ?? session.user}
            {session.controlRoom && (
              <span class="muted"> · {session.controlRoomName ?? session.controlRoom}</span>
            )}
          </span>
        )}
        {onLogout && (
          <button type="button" class="quiet" data-testid="logout" onClick={onLogout}>
            {texts.logout}
          </button>
        )}
      </div>
    </header>
  );
}

function Connection({ state }: { state: ConnectionState }) {
  const texts = useTexts();
  const up = state === 'open';
  const text = up
    ? texts.connected
    : state === 'connecting'
      ? texts.connecting
      : texts.disconnected;
  return (
    <span
      class={`connection ${up ? 'up' : 'down'}`}
      role="status"
      data-testid="connection"
      data-state={state}
    >
      {text}
    </span>
  );
}
