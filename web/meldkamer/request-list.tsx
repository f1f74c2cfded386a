import type { IncidentView } from '../../src/client/index.ts';
import { clockTime, namesCamera } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { progressText, refusalText } from '../shared/outputs.ts';
import { cameraOf, describeRequest } from './names.ts';
import type { AskedRequest } from './room.ts';

const SHOWN = 6;

export interface RequestListProps {
  readonly incident: IncidentView;
  readonly requests: readonly AskedRequest[];
}

/** What was asked here and what became of it, in words. */
export function RequestList({ incident, requests }: RequestListProps) {
  const texts = useTexts();
  const own = requests.filter((request) => request.incident === incident.id).slice(0, SHOWN);
  if (own.length === 0) return null;
  return (
    <section class="panel">
      <h3>{texts.requests}</h3>
      <ol class="log requests" aria-live="polite" data-testid="requests">
        {own.map((request) => {
          const { state, reason, reasonCode } = request;
          const word = progressText(request, texts);
          const told = state === 'declined' || state === 'failed' || state === 'expired';
          return (
            <li key={request.id} data-testid="request" data-state={state}>
              <time>{clockTime(request.createdAt)}</time>
              <span>
                {describeRequest(incident, request, texts)}
                {request.camera && !namesCamera(request) && (
                  <span class="muted"> · {cameraOf(incident, request.camera).name}</span>
                )}
              </span>
              <span class={`state ${state}`}>
                {told && reason
                  ? texts.stateReason(
                      word,
                      refusalText(request, { code: reasonCode, message: reason }, texts),
                    )
                  : word}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
