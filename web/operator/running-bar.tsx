import type { LiveRequest } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import type { Texts } from '../shared/texts-nl.ts';
import type { Centre, CentreState } from './centre.ts';
import { asker, cameraName, describeRequest } from './names.ts';

export interface BarProps {
  readonly centre: Centre;
  readonly state: CentreState;
}

/** Cameras that somebody moves now (who has one is on its tile), and what is switched on at them, each with an end to it. */
export function RunningBar({ centre, state }: BarProps) {
  const texts = useTexts();
  const running = state.requests.filter(
    (request) => request.state === 'running' && request.action !== 'ptz.take',
  );
  if (running.length === 0) return null;
  return (
    <ul class="running-bar" data-testid="running-bar" aria-live="polite">
      {running.map((request) => (
        <li key={request.id}>
          <span class="moving" aria-hidden="true" />
          {runningText(centre, state, request, texts)}
          {centre.may('request.decide') && (
            <button
              type="button"
              class="danger"
              data-testid="stop"
              onClick={() => centre.stopMovement(request)}
            >
              {request.action === 'relay.set' ? texts.outputs.end : texts.stop}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function runningText(
  { session }: Centre,
  state: CentreState,
  request: LiveRequest,
  texts: Texts,
): string {
  const who = asker(session, request);
  if (request.action !== 'relay.set') return texts.running(cameraName(state, request.camera), who);
  return texts.outputs.runs(describeRequest(state, request, texts), who);
}
