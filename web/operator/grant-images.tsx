import { useState } from 'preact/hooks';
import type { IncidentType, LiveRequest } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import { IncidentTypeChoice } from '../shared/inputs.tsx';
import type { Centre, CentreState } from './centre.ts';
import { asker, describeRequest } from './names.ts';
import { areEmpty, TermsFields, useTerms } from './share-terms.tsx';

export interface GrantImagesProps {
  readonly centre: Centre;
  readonly state: CentreState;
  /** A control room asks for images of a site. */
  readonly request: LiveRequest;
  readonly onClose: () => void;
}

/** Opens the incident that was asked for, with a share of what is chosen here, and shows it. */
export function GrantImagesDialog({ centre, state, request, onClose }: GrantImagesProps) {
  const texts = useTexts();
  const told = String(request.args['type'] ?? 'other');
  const [type, setType] = useState<IncidentType>(isType(told, texts.types) ? told : 'other');
  const cameras = state.cameras.filter(({ site }) => site === request.args['site']);
  const [terms, setTerms] = useTerms(centre, { cameras: cameras.map(({ id }) => id) });
  const grant = async () => {
    await centre.decideOrThrow((api) => api.accept(request.id, { ...terms, type }));
    if (request.incident) centre.select({ kind: 'incident', id: request.incident });
  };
  return (
    <Dialog
      title={`${texts.casework.grantImages} · ${asker(centre.session, request)}`}
      confirm={texts.casework.grantNow}
      danger
      testid="grant-images-dialog"
      disabled={areEmpty(terms)}
      onConfirm={grant}
      onClose={onClose}
    >
      <p>{describeRequest(state, request, texts)}</p>
      <p class="hint">{texts.casework.grantHint}</p>
      <IncidentTypeChoice value={type} onChange={setType} />
      <TermsFields cameras={cameras} terms={terms} onChange={setTerms} />
    </Dialog>
  );
}

function isType(word: string, types: Record<IncidentType, string>): word is IncidentType {
  return Object.hasOwn(types, word);
}
