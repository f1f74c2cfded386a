import type { Incident } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';

const KINDS = ['robbers', 'weapons', 'injured'] as const;

/** How many robbers, are there weapons, is anyone hurt: the first three questions. */
export function Counts({ centre, incident }: { centre: Centre; incident: Incident }) {
  const texts = useTexts();
  const mayChange = centre.may('incident.manage');
  const put = (kind: (typeof KINDS)[number], value: number) =>
    void centre.act((api) =>
      api.updateIncident(incident.id, { counts: { ...incident.counts, [kind]: value } }),
    );
  return (
    <section class="panel">
      <h3>{texts.counts}</h3>
      <div class="counts">
        {KINDS.map((kind) => (
          <Count
            key={kind}
            kind={kind}
            value={incident.counts[kind]}
            {...(mayChange ? { onChange: (value: number) => put(kind, value) } : {})}
          />
        ))}
      </div>
    </section>
  );
}

interface CountProps {
  readonly kind: (typeof KINDS)[number];
  /** Undefined while nobody has said. */
  readonly value: number | undefined;
  /** Absent for whoever may not count. */
  readonly onChange?: (value: number) => void;
}

function Count({ kind, value, onChange }: CountProps) {
  const texts = useTexts();
  return (
    <div class="count" data-testid={`count-${kind}`}>
      <span class="count-name">{texts[kind]}</span>
      <span class="count-value" aria-live="polite">
        {value ?? '–'}
        {value === undefined && <span class="visually-hidden">{texts.unknownCount}</span>}
      </span>
      {onChange && (
        <>
          <button
            type="button"
            aria-label={texts.fewer(texts[kind])}
            disabled={value === 0}
            onClick={() => onChange(Math.max(0, (value ?? 0) - 1))}
          >
            −
          </button>
          <button
            type="button"
            aria-label={texts.more(texts[kind])}
            onClick={() => onChange((value ?? 0) + 1)}
          >
            +
          </button>
        </>
      )}
    </div>
  );
}
