import { useState } from 'preact/hooks';
import type { LiveRequest } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre, CentreState } from './centre.ts';
import { asker, cameraName, describeRequest } from './names.ts';

interface BarProps {
  readonly centre: Centre;
  readonly state: CentreState;
}

/** Requests that wait, over everything else on every page: nobody can say that they missed it. */
export function PendingBar(props: BarProps & { pending: readonly LiveRequest[] }) {
  const { centre, state, pending } = props;
  const texts = useTexts();
  const [declining, setDeclining] = useState<LiveRequest>();
  return (
    <section
      class={pending.length > 0 ? 'pending-bar shown' : 'pending-bar'}
      role="alert"
      aria-label={texts.requests}
      data-testid="pending-bar"
    >
      {pending.length > 0 && <h2>{texts.pendingTitle(pending.length)}</h2>}
      <ul>
        {pending.map((request) => (
          <PendingItem
            key={request.id}
            centre={centre}
            state={state}
            request={request}
            onDecline={() => setDeclining(request)}
          />
        ))}
      </ul>
      {declining && (
        <DeclineDialog
          centre={centre}
          request={pending.find((each) => questionOf(each) === questionOf(declining)) ?? declining}
          onClose={() => setDeclining(undefined)}
        />
      )}
    </section>
  );
}

/**
 * What stays the same when somebody asks anew: the request is another then, and what the operator
 * is about to decline is the newest.
 */
function questionOf({ user, controlRoom, incident, action, camera, args }: LiveRequest): string {
  return JSON.stringify([user, controlRoom, incident, action, args['tile'] ?? camera]);
}

interface PendingProps extends BarProps {
  readonly request: LiveRequest;
  readonly onDecline: () => void;
}

function PendingItem({ centre, state, request, onDecline }: PendingProps) {
  const texts = useTexts();
  return (
    <li class="pending-request" data-testid="pending" data-request={request.id}>
      <span class="pending-text">
        <span class="muted">{texts.asks(asker(centre.session, request))}</span>{' '}
        <strong>{describeRequest(state, request, texts)}</strong>
        {request.camera && <span> · {cameraName(state, request.camera)}</span>}
      </span>
      <span class="buttons">
        <button
          type="button"
          class="primary"
          data-testid="accept"
          onClick={() => centre.decide((api) => api.accept(request.id))}
        >
          {texts.accept}
        </button>
        <button type="button" class="danger" data-testid="decline" onClick={onDecline}>
          {texts.decline}
        </button>
      </span>
    </li>
  );
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

/** Cameras that somebody moves now, each with a Stop. */
export function RunningBar({ centre, state }: BarProps) {
  const texts = useTexts();
  const running = state.requests.filter((request) => request.state === 'running');
  if (running.length === 0) return null;
  return (
    <ul class="running-bar" data-testid="running-bar" aria-live="polite">
      {running.map((request) => (
        <li key={request.id}>
          <span class="moving" aria-hidden="true" />
          {texts.running(cameraName(state, request.camera), asker(centre.session, request))}
          <button
            type="button"
            class="danger"
            data-testid="stop"
            onClick={() => centre.stopMovement(request)}
          >
            {texts.stop}
          </button>
        </li>
      ))}
    </ul>
  );
}
