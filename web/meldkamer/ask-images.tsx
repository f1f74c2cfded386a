import { useState } from 'preact/hooks';
import type { IncidentType } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { clockTime } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { Choice, IncidentTypeChoice } from '../shared/inputs.tsx';
import { inWords } from '../shared/reasons.ts';
import type { AskedRequest, Room, RoomState } from './room.ts';

const SHOWN = 6;

/** Images of a site at which nothing is shared: of which, the centre has said. */
export function AskImages({ room, state }: { room: Room; state: RoomState }) {
  const { casework: texts } = useTexts();
  const [asking, setAsking] = useState(false);
  const { requestableSites: sites = [] } = room.session;
  if (sites.length === 0 || !room.may('request.make')) return null;
  const asked = state.requests.filter(({ action }) => action === 'view').slice(0, SHOWN);
  return (
    <section class="panel ask-images" data-testid="ask-images-panel">
      <button type="button" data-testid="ask-images" onClick={() => setAsking(true)}>
        {texts.askImages}
      </button>
      <ol class="log requests" aria-live="polite">
        {asked.map((request) => (
          <AskedImages key={request.id} room={room} request={request} />
        ))}
      </ol>
      {asking && <AskDialog room={room} onClose={() => setAsking(false)} />}
    </section>
  );
}

function AskedImages({ room, request }: { room: Room; request: AskedRequest }) {
  const texts = useTexts();
  const { state, reason, reasonCode, args, createdAt } = request;
  const word = texts.states[state];
  const refused = state === 'declined' || state === 'expired';
  return (
    <li data-testid="asked-images" data-state={state}>
      <time>{clockTime(createdAt)}</time>
      <span>{texts.casework.asked(siteName(room, String(args['site'])))}</span>
      <span class={`state ${state}`}>
        {refused && reason
          ? texts.stateReason(word, inWords({ code: reasonCode, message: reason }, texts))
          : word}
      </span>
    </li>
  );
}

function siteName({ session }: Room, id: string): string {
  return session.requestableSites?.find((site) => site.id === id)?.name ?? id;
}

function AskDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const texts = useTexts();
  const { casework } = texts;
  const { requestableSites: sites = [] } = room.session;
  const [site, setSite] = useState(sites[0]?.id ?? '');
  const [type, setType] = useState<IncidentType>('other');
  const [text, setText] = useState('');
  return (
    <Dialog
      title={casework.askImages}
      confirm={casework.askImages}
      testid="ask-images-dialog"
      disabled={text.trim() === ''}
      onConfirm={() => room.askImages({ site, type, text: text.trim() })}
      onClose={onClose}
    >
      <p class="hint">{casework.askImagesHint}</p>
      <Choice
        label={casework.site}
        name="site"
        options={Object.fromEntries(sites.map(({ id, name }) => [id, name]))}
        value={site}
        onChange={setSite}
      />
      <IncidentTypeChoice value={type} onChange={setType} />
      <label>
        {casework.askText}
        <textarea
          name="text"
          rows={3}
          required
          maxLength={1000}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}
