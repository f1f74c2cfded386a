import { useTexts } from '../shared/i18n.tsx';
import type { Centre, CentreState } from './centre.ts';
import { asker, cameraName } from './names.ts';

export interface BarProps {
  readonly centre: Centre;
  readonly state: CentreState;
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
          {centre.may('request.decide') && (
            <button
              type="button"
              class="danger"
              data-testid="stop"
              onClick={() => centre.stopMovement(request)}
            >
              {texts.stop}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
