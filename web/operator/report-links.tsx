import { useTexts } from '../shared/i18n.tsx';
import type { Centre } from './centre.ts';

const FORMS = ['full', 'short'] as const;
const LANGUAGES = ['nl', 'en'] as const;

/** What the journal says of an incident, open or closed, for whoever may read it. */
export function ReportLinks({ centre, incident }: { centre: Centre; incident: string }) {
  const { report } = useTexts();
  if (!centre.may('report.read')) return null;
  return (
    <section class="panel" data-testid="report-links">
      <h3>{report.title}</h3>
      <p class="hint">{report.hint}</p>
      <ul>
        {FORMS.map((form) => (
          <li key={form}>
            {report.forms[form]}:{' '}
            {LANGUAGES.map((language) => (
              <a
                key={language}
                href={urlOf(incident, form, language)}
                target="_blank"
                rel="noopener"
                hreflang={language}
                aria-label={report.open(report.forms[form], report.languages[language])}
                data-testid={`report-${form}-${language}`}
              >
                {report.languages[language]}{' '}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function urlOf(incident: string, form: string, language: string): string {
  const query = new URLSearchParams({ form, language });
  return `/v1/incidents/${encodeURIComponent(incident)}/report?${query}`;
}
