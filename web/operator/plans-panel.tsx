import { useEffect, useState } from 'preact/hooks';
import type { CameraView, PlanView } from '../../src/client/index.ts';
import { Dialog } from '../shared/dialog.tsx';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

export interface PlansPanelProps {
  readonly centre: Centre;
  readonly site: string;
  /** Of every site. */
  readonly cameras: readonly CameraView[];
}

type Open =
  | { readonly what: 'add' }
  | { readonly what: 'show' | 'remove'; readonly plan: PlanView };

/** The plans of a site: to look at, and for whoever may, to add, remove and place cameras on. */
export function PlansPanel({ centre, site, cameras }: PlansPanelProps) {
  const texts = useTexts();
  const { plans, reload } = usePlans(centre, site);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const mayManage = centre.may('plan.manage');
  if (!centre.may('plan.read')) return null;
  return (
    <section class="panel" data-testid="plans-panel">
      <h3>{texts.plans.title}</h3>
      {plans.length === 0 && <p class="hint">{texts.plans.none}</p>}
      <ul class="choices">
        {plans.map((plan) => (
          <PlanRow key={plan.id} plan={plan} mayRemove={mayManage} onOpen={setOpen} />
        ))}
      </ul>
      {mayManage && (
        <button type="button" data-testid="add-plan" onClick={() => setOpen({ what: 'add' })}>
          {texts.plans.add}
        </button>
      )}
      {open?.what === 'add' && (
        <UploadDialog
          title={texts.plans.add}
          testid="plan-upload"
          onUpload={(upload) => centre.api.addPlan({ site, ...upload }).then(reload)}
          onClose={close}
        />
      )}
      {open?.what === 'show' && (
        <PlanDialog
          centre={centre}
          plan={open.plan}
          cameras={cameras.filter((camera) => camera.site === site)}
          onChanged={reload}
          onClose={close}
        />
      )}
      {open?.what === 'remove' && (
        <Dialog
          title={texts.plans.removeTitle}
          confirm={texts.plans.removeNow}
          danger
          testid="plan-remove"
          onConfirm={() => centre.api.removePlan(open.plan.id).then(reload)}
          onClose={close}
        >
          <p>{texts.plans.removeWarning(open.plan.name)}</p>
        </Dialog>
      )}
    </section>
  );
}

interface RowProps {
  readonly plan: PlanView;
  readonly mayRemove: boolean;
  readonly onOpen: (open: Open) => void;
}

function PlanRow({ plan, mayRemove, onOpen }: RowProps) {
  const texts = useTexts();
  const isOwn = plan.origin === 'uploaded';
  return (
    <li class="picture-row">
      <button
        type="button"
        data-testid={`plan-${plan.id}`}
        aria-label={texts.plans.show(plan.name)}
        onClick={() => onOpen({ what: 'show', plan })}
      >
        {plan.name}
        {!isOwn && <span class="muted"> {texts.plans.configured}</span>}
      </button>
      {mayRemove && isOwn && (
        <button
          type="button"
          class="quiet"
          data-testid={`remove-plan-${plan.id}`}
          aria-label={texts.plans.remove(plan.name)}
          onClick={() => onOpen({ what: 'remove', plan })}
        >
          ✕
        </button>
      )}
    </li>
  );
}

function usePlans(centre: Centre, site: string) {
  const [plans, setPlans] = useState<readonly PlanView[]>([]);
  const reload = async () => {
    if (centre.may('plan.read')) setPlans(await centre.api.plans(site));
  };
  useEffect(() => {
    setPlans([]);
    reload().catch(() => undefined);
  }, [centre, site]);
  return { plans, reload };
}
