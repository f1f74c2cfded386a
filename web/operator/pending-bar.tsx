import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveRequest } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { ReasonDialog } from '../shared/reason-dialog.tsx';
import { GrantImagesDialog } from './grant-images.tsx';
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
  const [granting, setGranting] = useState<LiveRequest>();
  const shown = useRef<readonly string[]>([]);
  const questions = questionsOf(shown.current, pending);
  shown.current = questions.map(({ key }) => key);
  const newest = (asked: Question) => questions.find(({ key }) => key === asked.key) ?? asked;
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
            onGrant={() => setGranting(question.request)}
          />
        ))}
      </ul>
      {declining && (
        <ReasonDialog
          title={texts.decline}
          label={texts.declineReason}
          testid="decline-dialog"
          suggestions={texts.declineReasons}
          onConfirm={(reason) =>
            centre.decideOrThrow((api) => api.decline(newest(declining).request.id, reason))
          }
          onClose={() => setDeclining(undefined)}
        />
      )}
      {granting && (
        <GrantImagesDialog
          centre={centre}
          state={state}
          request={granting}
          onClose={() => setGranting(undefined)}
        />
      )}
    </section>
  );
}

interface PendingProps extends BarProps {
  readonly request: LiveRequest;
  readonly place: number;
  readonly onDecline: () => void;
  /** Images of a site are granted with the terms of a share. */
  readonly onGrant: () => void;
}

function PendingItem({ centre, state, request, place, onDecline, onGrant }: PendingProps) {
  const texts = useTexts();
  const isForImages = request.action === 'view';
  const accept = () => void centre.decide((api) => api.accept(request.id));
  return (
    <li class="pending-request" data-testid="pending" data-request={request.id}>
      <span class="pending-text">
        <span class="muted">{texts.asks(asker(centre.session, request))}</span>{' '}
        <strong>{describeRequest(state, request, texts)}</strong>
        {request.camera && request.action !== 'relay.set' && (
          <span> · {cameraName(state, request.camera)}</span>
        )}
      </span>
      {centre.may('request.decide') && (
        <Decision
          what={`${place} ${wordsOf(request)}`}
          accept={isForImages ? texts.casework.grantImages : texts.accept}
          onAccept={isForImages ? onGrant : accept}
          onDecline={onDecline}
        />
      )}
    </li>
  );
}

interface DecisionProps {
  /** Changes when another request, or another wish, stands where this one stood. */
  readonly what: string;
  readonly accept: string;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
}

/** Buttons that do nothing until what they decide on has stood there for a moment. */
function Decision({ what, accept, onAccept, onDecline }: DecisionProps) {
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
        {accept}
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
