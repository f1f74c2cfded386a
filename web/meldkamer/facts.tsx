import type { IncidentView } from '../../src/client/index.ts';
import { Contacts } from '../shared/contacts.tsx';
import { useTexts } from '../shared/i18n.tsx';

const KINDS = ['robbers', 'weapons', 'injured'] as const;

export function Facts({ incident }: { incident: IncidentView }) {
  const texts = useTexts();
  const { siteDetails, counts } = incident;
  return (
    <section class="panel" data-testid="facts">
      <h3>{texts.facts}</h3>
      <div class="counts">
        {KINDS.map((kind) => (
          <div key={kind} class={counts[kind] ? 'count known' : 'count'}>
            <span class="count-name">{texts[kind]}</span>
            <span class="count-value">
              {counts[kind] ?? '–'}
              {counts[kind] === undefined && (
                <span class="visually-hidden">{texts.unknownCount}</span>
              )}
            </span>
          </div>
        ))}
      </div>
      <dl class="facts">
        {siteDetails?.address && (
          <>
            <dt>{texts.address}</dt>
            <dd>{siteDetails.address}</dd>
          </>
        )}
        <Contacts contacts={siteDetails?.contacts ?? []} />
      </dl>
    </section>
  );
}
