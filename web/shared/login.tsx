import { useState } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { ApiError } from '../../src/client/index.ts';
import type { LanguageChoice } from './i18n.tsx';
import { LanguageSwitch, useTexts } from './i18n.tsx';
import { useSubmit } from './submit.ts';

export interface LoginProps {
  readonly api: GatewayApi;
  readonly title: string;
  readonly choice: LanguageChoice;
  readonly onSession: (session: SessionView) => void;
}

export function Login({ api, title, choice, onSession }: LoginProps) {
  const texts = useTexts();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { busy, problem, submit } = useSubmit(async () => {
    onSession(await api.login(username, password));
  });
  const refused = problem instanceof ApiError && problem.status === 401;
  return (
    <main class="login">
      <form
        class="card"
        aria-labelledby="login-title"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div class="brand">
          <span class="brand-mark" aria-hidden="true" />
          <span class="brand-name">Live View</span>
        </div>
        <h1 id="login-title">{title}</h1>
        <label>
          {texts.username}
          <input
            name="username"
            autocomplete="username"
            required
            value={username}
            onInput={(event) => setUsername(event.currentTarget.value)}
          />
        </label>
        <label>
          {texts.password}
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <p class="problem" role="alert" data-testid="login-problem">
          {problem && (refused ? texts.loginFailed : texts.failed(problem.message))}
        </p>
        <button type="submit" class="primary" disabled={busy} data-testid="login">
          {texts.login}
        </button>
        <LanguageSwitch choice={choice} />
      </form>
    </main>
  );
}
