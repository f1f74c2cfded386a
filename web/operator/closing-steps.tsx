import { useState } from 'preact/hooks';
import type { IncidentView, StepNow } from '../../src/client/index.ts';
import { useLanguage, useTexts } from '../shared/i18n.tsx';
import type { Reason } from '../shared/reasons.ts';
import { inWords, reasonOf } from '../shared/reasons.ts';
import type { Centre } from './centre.ts';

interface StepsProps {
  readonly centre: Centre;
  readonly incident: IncidentView;
}

/** Whether something is neither done nor explained that has to be. */
export function areStepsOpen({ closingSteps = [] }: IncidentView): boolean {
  return closingSteps.some(({ required, state }) => required && state === 'open');
}

/** What the centre wants done before closing: each is recorded by itself, at once. */
export function ClosingSteps({ centre, incident }: StepsProps) {
  const { casework: texts } = useTexts();
  const { closingSteps: steps = [] } = incident;
  if (steps.length === 0) return null;
  return (
    <fieldset class="closing-steps" data-testid="closing-steps">
      <legend>{texts.steps}</legend>
      <ul>
        {steps.map((step) => (
          <li key={step.id} data-testid={`step-${step.id}`} data-state={step.state}>
            <Step centre={centre} incident={incident} step={step} />
          </li>
        ))}
      </ul>
      {areStepsOpen(incident) && <p class="hint">{texts.stepsOpen}</p>}
    </fieldset>
  );
}

function Step({ centre, incident, step }: StepsProps & { step: StepNow }) {
  const texts = useTexts();
  const { casework } = texts;
  const language = useLanguage();
  const [problem, setProblem] = useState<Reason>();
  const mark = (state: StepNow['state'], note?: string) => {
    setProblem(undefined);
    centre.api
      .markStep(incident.id, step.id, state, note)
      .then((changed) => centre.upsert(changed))
      .catch((error: unknown) => setProblem(reasonOf(error)));
  };
  return (
    <>
      <p>
        {step.text[language]}
        {step.required && <span class="muted"> · {casework.stepRequired}</span>}
      </p>
      {step.state === 'open' ? (
        <OpenStep step={step} onMark={mark} />
      ) : (
        <p class="muted">
          {casework.stepStates[step.state]} · {step.by}
          {step.note && (
            <>
              : <bdi>{step.note}</bdi>
            </>
          )}{' '}
          <button type="button" class="quiet" data-testid="step-undo" onClick={() => mark('open')}>
            {casework.stepUndo}
          </button>
        </p>
      )}
      {problem && <p class="problem">{texts.failed(inWords(problem, texts))}</p>}
    </>
  );
}

interface OpenStepProps {
  readonly step: StepNow;
  readonly onMark: (state: 'done' | 'explained', note?: string) => void;
}

function OpenStep({ step, onMark }: OpenStepProps) {
  const { casework: texts } = useTexts();
  const [note, setNote] = useState('');
  const why = note.trim();
  const explain = () => why !== '' && onMark('explained', why);
  return (
    <div class="inline">
      <button type="button" data-testid="step-done" onClick={() => onMark('done')}>
        {texts.stepDone}
      </button>
      <input
        name={`explain-${step.id}`}
        aria-label={texts.stepExplain}
        placeholder={texts.stepExplain}
        maxLength={1000}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          // It would send the form around it, which closes the incident.
          event.preventDefault();
          explain();
        }}
      />
      <button type="button" data-testid="step-explain" disabled={why === ''} onClick={explain}>
        {texts.stepSave}
      </button>
    </div>
  );
}
