import { useState } from 'preact/hooks';
import type { GatewayApi, SessionView } from '../../src/client/index.ts';
import { takeReturn, useWaysIn } from './directory.ts';
import type { LanguageChoice } from './i18n.tsx';
import { LanguageSwitch, useLanguage, useTexts } from './i18n.tsx';
import type { Reason } from './reasons.ts';
import { inWords, reasonOf } from './reasons.ts';
import { useSubmit } from './submit.ts';

export interface LoginProps {
  readonly api: GatewayApi;
  readonly title: string;
  readonly choice: LanguageChoice;
  readonly side: SessionView['side'];
  /** Why the login is shown, when that needs words. */
  readonly why: Reason | undefined;
  readonly onSession: (session: SessionView) => void;
}

export function Login({ api, title, choice, side, why, onSession }: LoginProps) {
  const texts = useTexts();
  const ways = useWaysIn(api, side);
  const [returned] = useState(() => takeReturn(location, history, texts));
  const password = usePassword(api, onSession);
  const directory = useSubmit(async () => location.assign(await api.beginAtDirectory()));
  const problem = directory.problem ?? password.problem;
  const shown = problem ? reasonOf(problem) : (why ?? returned);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    password.submit();
  };
  return (
    <main class="login">
      <form class="card" aria-labelledby="login-title" onSubmit={onSubmit}>
        <div class="brand">
          <span class="brand-mark" aria-hidden="true" />
          <span class="brand-name">Live View</span>
        </div>
        <h1 id="login-title">{title}</h1>
        {ways.password && password.fields}
        <p class="problem" role="alert" data-testid="login-problem">
          {shown && inWords(shown, texts)}
        </p>
        {ways.password && (
          <button type="submit" class="primary" disabled={password.busy} data-testid="login">
            {texts.login}
          </button>
        )}
        {ways.openid && (
          <DirectoryButton
            name={ways.openid.name}
            alone={!ways.password}
            busy={directory.busy}
            go={directory.submit}
          />
        )}
        <LanguageSwitch choice={choice} />
      </form>
    </main>
  );
}

interface DirectoryButtonProps {
  readonly name: { readonly nl: string; readonly en: string };
  /** There is no other way in. */
  readonly alone: boolean;
  readonly busy: boolean;
  readonly go: () => void;
}

function DirectoryButton({ name, alone, busy, go }: DirectoryButtonProps) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <button
      type="button"
      class={alone ? 'primary' : ''}
      disabled={busy}
      data-testid="login-directory"
      onClick={go}
    >
      {texts.loginWith(name[language])}
    </button>
  );
}

/** User name, password, and a code once the gateway asks for it. */
function usePassword(api: GatewayApi, onSession: LoginProps['onSession']) {
  const texts = useTexts();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string>();
  const work = useSubmit(async () => {
    try {
      onSession(await api.login(username, password, code));
    } catch (error) {
      const reason = reasonOf(error).code;
      if (reason === 'second-factor-needed' || reason === 'second-factor-wrong') setCode('');
      if (reason === 'login-failed') setCode(undefined);
      throw error;
    }
  });
  const fields = (
    <>
      <Field kind="username" label={texts.username} value={username} onChange={setUsername} />
      <Field kind="password" label={texts.password} value={password} onChange={setPassword} />
      {code !== undefined && (
        <Field kind="code" label={texts.secondFactor} value={code} onChange={setCode} />
      )}
    </>
  );
  return { ...work, fields };
}

/** So that the browser's own safe of passwords knows which is which. */
const FILLED_IN = {
  username: { type: 'text', autocomplete: 'username' },
  password: { type: 'password', autocomplete: 'current-password' },
  code: { type: 'text', autocomplete: 'one-time-code', autofocus: true, maxLength: 64 },
} as const;

interface FieldProps {
  readonly kind: keyof typeof FILLED_IN;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ kind, label, value, onChange }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={kind}
        {...FILLED_IN[kind]}
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
