import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveRequest } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';
import { asker, cameraName, describeRequest } from './names.ts';
import type { Question } from './questions.ts';
import { questionsOf, wordsOf } from './questions.ts';
import type { BarProps } from './running-bar.tsx';

/** What was aimed at something else must not decide on what has come in its place. */
const SETTLE_MS = 500;

/** Requests that wait, over everything else on every page: nobody can say that they missed it. */
export function PendingBar(props: BarProps & { pending: readonly LiveRequest[] }) {
  const { centre, state, pending } = props;
  const texts = useTexts();
  const [declining, setDeclining] = useState<Question>();
  const shown = useRef<readonly string[]>([]);
  const questions = questionsOf(shown.current, pending);
  shown.current = questions.map(({ key }) => key);
  return (
    <section
      class={questions.length > 0 ? 'pending-bar shown' : 'pending-bar'}
      role="alert"
      aria-label={texts.requests}
      data-testid="pending-bar"
    >
      {questions.length > 0 && <h2>{texts.pendingTitle(questions.length)}</h2>}
      <ul>
        {questions.map((question, place) => (
          <PendingItem
            key={question.key}
            centre={centre}
            state={state}
            request={question.request}
            place={place}
            onDecline={() => setDeclining(question)}
          />
        ))}
      </ul>
      {declining && (
        <DeclineDialog
          centre={centre}
          request={(questions.find(({ key }) => key === declining.key) ?? declining).request}
          onClose={() => setDeclining(undefined)}
        />
      )}
    </section>
  );
}

interface PendingProps extends BarProps {
  readonly request: LiveRequest;
  readonly place: number;
  readonly onDecline: () => void;
}

function PendingItem({ centre, state, request, place, onDecline }: PendingProps) {
  const texts = useTexts();
  return (
    <li class="pending-request" data-testid="pending" data-request={request.id}>
      <span class="pending-text">
        <span class="muted">{texts.asks(asker(centre.session, request))}</span>{' '}
        <strong>{describeRequest(state, request, texts)}</strong>
        {request.camera && <span> · {cameraName(state, request.camera)}</span>}
      </span>
      {centre.may('request.decide') && (
        <Decision
          what={`${place} ${wordsOf(request)}`}
          onAccept={() => void centre.decide((api) => api.accept(request.id))}
          onDecline={onDecline}
        />
      )}
    </li>
  );
}

interface DecisionProps {
  /** Changes when another request, or another wish, stands where this one stood. */
  readonly what: string;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
}

/** Buttons that do nothing until what they decide on has stood there for a moment. */
function Decision({ what, onAccept, onDecline }: DecisionProps) {
  const texts = useTexts();
  const settled = useSettled(what);
  return (
    <span class="buttons">
      <button
        type="button"
        class="primary"
        data-testid="accept"
        aria-disabled={!settled}
        onClick={() => settled && onAccept()}
      >
        {texts.accept}
      </button>
      <button
        type="button"
        class="danger"
        data-testid="decline"
        aria-disabled={!settled}
        onClick={() => settled && onDecline()}
      >
        {texts.decline}
      </button>
    </span>
  );
}

/** False until `what` has been the same for a moment. */
function useSettled(what: string): boolean {
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(what), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [what]);
  return settled === what;
}

interface DeclineProps {
  readonly centre: Centre;
  readonly request: LiveRequest;
  readonly onClose: () => void;
}

function DeclineDialog({ centre, request, onClose }: DeclineProps) {
  const texts = useTexts();
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={texts.decline}
      confirm={texts.decline}
      danger
      testid="decline-dialog"
      disabled={reason.trim() === ''}
      onConfirm={() => centre.decide((api) => api.decline(request.id, reason.trim()))}
      onClose={onClose}
    >
      <label>
        {texts.declineReason}
        <input
          name="reason"
          required
          maxLength={500}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <div class="suggestions">
        {texts.declineReasons.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            class="quiet"
            onClick={() => setReason(suggestion)}
          >
            {suggestion}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
