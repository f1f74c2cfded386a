import { useEffect, useState } from 'preact/hooks';
import type { DemonstrationView, GatewayApi } from '../../src/client/index.ts';
import { useLanguage, useTexts } from '../shared/i18n.tsx';
import { inWords, reasonOf } from '../shared/reasons.ts';
import { useSubmit } from '../shared/submit.ts';

const LOOK_MS = 1_000;

type Script = DemonstrationView['scripts'][number];

/** Incidents that can be played, in a demonstration; elsewhere there is nothing here. */
export function Demonstration({ api }: { api: GatewayApi }) {
  const texts = useTexts();
  const [view, setView] = useState<DemonstrationView | null>(null);
  const running = view?.running ?? null;
  const look = () => api.demonstration().then(setView, () => undefined);
  useEffect(() => void look(), [api]);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [api, running?.script]);
  const stop = useSubmit(async () => setView(await api.stopDemonstration()));
  if (!view) return null;
  const played = view.scripts.find(({ id }) => id === running?.script);
  return (
    <section
      class="demonstration"
      aria-labelledby="demonstration-title"
      data-testid="demonstration"
    >
      <h2 id="demonstration-title">{texts.demonstration}</h2>
      {!played && <p class="hint">{texts.demonstrationHint}</p>}
      {!played &&
        view.scripts.map((script) => (
          <Start key={script.id} api={api} script={script} onStarted={setView} />
        ))}
      {played && running && <Course script={played} running={running} />}
      {played && (
        <button type="button" data-testid="demonstration-stop" onClick={stop.submit}>
          {texts.demonstrationStop}
        </button>
      )}
      <Problem of={stop.problem} />
    </section>
  );
}

interface StartProps {
  readonly api: GatewayApi;
  readonly script: Script;
  readonly onStarted: (view: DemonstrationView) => void;
}

function Start({ api, script, onStarted }: StartProps) {
  const language = useLanguage();
  const { busy, problem, submit } = useSubmit(async () =>
    onStarted(await api.startDemonstration(script.id)),
  );
  return (
    <>
      <button
        type="button"
        class="pick"
        data-testid={`demonstrate-${script.id}`}
        disabled={busy}
        onClick={submit}
      >
        <span class="pick-title">{script.title[language]}</span>
      </button>
      <Problem of={problem} />
    </>
  );
}

function Problem({ of: problem }: { of: Error | undefined }) {
  const texts = useTexts();
  if (!problem) return null;
  return (
    <p class="problem" role="alert">
      {texts.failed(inWords(reasonOf(problem), texts))}
    </p>
  );
}

interface CourseProps {
  readonly script: Script;
  readonly running: NonNullable<DemonstrationView['running']>;
}

/** What has happened so far, the newest last. */
function Course({ script, running: { since, failedSeconds } }: CourseProps) {
  const texts = useTexts();
  const language = useLanguage();
  const passed = (Date.now() - Date.parse(since)) / 1_000;
  const past = script.steps.filter(({ afterSeconds }) => afterSeconds <= passed);
  return (
    <div aria-live="polite">
      <p class="pick-title">{script.title[language]}</p>
      <ol class="course">
        {past.map(({ text, afterSeconds }) => (
          <li key={afterSeconds}>
            {text[language]}
            {failedSeconds.includes(afterSeconds) && (
              <strong class="problem"> {texts.demonstrationFailed}</strong>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
