import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { progressText } from '../shared/outputs.ts';
import type { Centre, CentreState } from './centre.ts';
import { asker, cameraName, describeRequest } from './names.ts';

const SHOWN = 8;

/** What was asked in this incident, newest first, and what became of it. */
export function RequestLog(props: { centre: Centre; state: CentreState; incident: string }) {
  const { centre, state, incident } = props;
  const texts = useTexts();
  const requests = state.requests.filter((request) => request.incident === incident);
  return (
    <section class="panel">
      <h3>{texts.requests}</h3>
      {requests.length === 0 && <p class="hint">{texts.noRequests}</p>}
      <ol class="log" data-testid="request-log">
        {requests.slice(0, SHOWN).map((request) => (
          <li key={request.id} data-state={request.state}>
            <time>{clockTime(request.createdAt)}</time>
            <span>
              {describeRequest(state, request, texts)}
              <span class="muted">
                {request.action !== 'relay.set' && ` · ${cameraName(state, request.camera)}`}
                {` · ${asker(centre.session, request)}`}
              </span>
            </span>
            <span class={`state ${request.state}`}>{progressText(request, texts)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
