import { useState } from 'preact/hooks';
import type { Incident } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { timeLeft } from '../shared/format.ts';
import { useTexts } from '../shared/i18n.tsx';
import { useNow } from '../shared/store.ts';
import type { IncidentProps } from './incident-page.tsx';
import { cameraName } from './names.ts';
import { OfferState, offerTo, type RoomOffer } from './offer-state.tsx';
import { areEmpty, TermsFields, useTerms } from './share-terms.tsx';

interface Room {
  readonly id: string;
  readonly name: string;
}

/** To share with a control room at once, or to offer. */
interface Wish {
  readonly room: Room;
  readonly offering: boolean;
}

/** With whom the incident is shared, for how long yet, and how to change that. */
export function SharePanel({ centre, state, incident }: IncidentProps) {
  const texts = useTexts();
  const [wish, setWish] = useState<Wish>();
  const rooms = centre.session.controlRooms ?? [];
  const { id } = incident;
  const act = (work: Parameters<typeof centre.act>[0]) => void centre.act(work);
  return (
    <section class="panel share" data-testid="share-panel">
      <h3>{texts.share}</h3>
      {rooms.length === 0 && <p class="hint">{texts.noControlRooms}</p>}
      <ul class="rooms">
        {rooms.map((room) => (
          <RoomItem
            key={room.id}
            room={room}
            grant={grantOf(incident, room)}
            cameraName={(id) => cameraName(state, id)}
            offer={offerTo(incident, room.id)}
            mayChange={centre.may('incident.manage')}
            onShare={() => setWish({ room, offering: false })}
            onOffer={() => setWish({ room, offering: true })}
            onExtend={() => act((api) => api.extendShare(id, room.id))}
            onWithdraw={() => act((api) => api.withdraw(id, room.id))}
            onWithdrawOffer={() => act((api) => api.withdrawOffer(id, room.id))}
          />
        ))}
      </ul>
      {centre.may('incident.manage') && isAnywhere(incident) && (
        <button
          type="button"
          class="danger"
          data-testid="withdraw-all"
          onClick={() => act((api) => api.withdrawFromAll(id))}
        >
          {texts.casework.withdrawAll}
        </button>
      )}
      {wish && (
        <ShareDialog
          centre={centre}
          state={state}
          incident={incident}
          wish={wish}
          onClose={() => setWish(undefined)}
        />
      )}
    </section>
  );
}

type Grant = Incident['grants'][number];

function grantOf({ grants }: Incident, room: Room): Grant | undefined {
  return grants.find(({ controlRoom }) => controlRoom === room.id);
}

/** Whether anything of it is shared or offered. */
function isAnywhere({ grants, offers = [] }: Incident): boolean {
  return grants.length > 0 || offers.some(({ state }) => state === 'pending');
}

interface RoomItemProps {
  readonly room: Room;
  /** What is shared with it now. */
  readonly grant: Grant | undefined;
  /** The newest, whatever became of it. */
  readonly offer: RoomOffer | undefined;
  readonly cameraName: (id: string) => string;
  readonly mayChange: boolean;
  readonly onShare: () => void;
  readonly onOffer: () => void;
  readonly onExtend: () => void;
  readonly onWithdraw: () => void;
  readonly onWithdrawOffer: () => void;
}

function RoomItem(props: RoomItemProps) {
  const { room, grant, offer, cameraName: nameOf } = props;
  const texts = useTexts();
  return (
    <li class={grant ? 'room active' : 'room'} data-testid={`room-${room.id}`}>
      <div class="room-name">
        <strong>{room.name}</strong>
        {grant ? <TimeLeft grant={grant} /> : <OfferState offer={offer} />}
      </div>
      {grant && (
        <p class="hint">
          {grant.cameras.map(nameOf).join(', ')}
          {' — '}
          {grant.rights.map((right) => texts.rightNames[right]).join(', ')}
        </p>
      )}
      {props.mayChange && <RoomButtons {...props} />}
    </li>
  );
}

function RoomButtons(props: RoomItemProps) {
  const { room, grant, offer } = props;
  const { shareVerb, changeShare, withdraw, casework } = useTexts();
  const more: [key: string, label: string, act: () => void, shown: boolean][] = [
    ['offer', casework.offer, props.onOffer, !grant && offer?.state !== 'pending'],
    ['withdraw-offer', casework.withdrawOffer, props.onWithdrawOffer, offer?.state === 'pending'],
    ['extend', casework.extend, props.onExtend, grant !== undefined],
    ['withdraw', withdraw, props.onWithdraw, grant !== undefined],
  ];
  return (
    <div class="buttons">
      <button
        type="button"
        class={grant ? '' : 'primary'}
        data-testid={`share-${room.id}`}
        onClick={props.onShare}
      >
        {grant ? changeShare : shareVerb}
      </button>
      {more
        .filter(([, , , shown]) => shown)
        .map(([key, label, act]) => (
          <button
            key={key}
            type="button"
            class={key.startsWith('withdraw') ? 'danger' : ''}
            data-testid={`${key}-${room.id}`}
            onClick={act}
          >
            {label}
          </button>
        ))}
    </div>
  );
}

function TimeLeft({ grant }: { grant: Grant }) {
  const texts = useTexts();
  const now = useNow();
  return (
    <span class="time-left" data-testid="time-left">
      {texts.timeLeft(timeLeft(grant.expiresAt, now))}
    </span>
  );
}

interface ShareDialogProps extends IncidentProps {
  readonly wish: Wish;
  readonly onClose: () => void;
}

/** Shares at once, or offers: the same terms. */
function ShareDialog({ centre, state, incident, wish, onClose }: ShareDialogProps) {
  const { room, offering } = wish;
  const texts = useTexts();
  const grant = grantOf(incident, room);
  const cameras = state.cameras.filter(({ site }) => site === incident.site);
  const [terms, setTerms] = useTerms(centre, grant ?? { cameras: incident.cameras });
  const send = async () => {
    const { api } = centre;
    const give = () => api.share(incident.id, room.id, terms);
    centre.upsert(await (offering ? api.offer(incident.id, room.id, terms) : give()));
  };
  return (
    <Dialog
      title={`${offering ? texts.casework.offer : texts.shareVerb} · ${room.name}`}
      confirm={offering ? texts.casework.offerNow : texts.shareNow}
      testid={offering ? 'offer-dialog' : 'share-dialog'}
      disabled={areEmpty(terms)}
      onConfirm={send}
      onClose={onClose}
    >
      {offering && <p class="hint">{texts.casework.offerHint}</p>}
      <TermsFields cameras={cameras} terms={terms} onChange={setTerms} />
    </Dialog>
  );
}
