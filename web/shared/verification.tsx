import type { IncidentAlarm, Verification } from '../../src/client/index.ts';
import { clockTime } from './format.ts';
import type { Language } from './i18n.tsx';
import { useLanguage, useTexts } from './i18n.tsx';
import type { Texts } from './texts-nl.ts';

/** What is known of its truth, in a few words. */
function statusWords(
  verification: Verification,
  { alarms }: Pick<Texts, 'alarms'>,
  user?: string,
): string {
  switch (verification.status) {
    case 'unverified':
      return alarms.unverified;
    case 'looking':
      return verification.by === user ? alarms.youLook : alarms.looking(verification.by);
    case 'verified':
      return alarms.verified(alarms.methods[verification.method]);
    case 'false':
      return alarms.wasFalse(alarms.causes[verification.cause]);
  }
}

/** The words with their own sign: whoever sees no colours sees it too. */
export function VerificationMark(props: { verification: Verification; user?: string }) {
  const { verification, user } = props;
  const texts = useTexts();
  const { status } = verification;
  return (
    <span class={`verification ${status}`} data-testid="verification" data-status={status}>
      <span aria-hidden="true">{SIGNS[status]}</span> {statusWords(verification, texts, user)}
    </span>
  );
}

const SIGNS: Readonly<Record<Verification['status'], string>> = {
  unverified: '?',
  looking: '◉',
  verified: '✓',
  false: '✕',
};

export function inLanguage(text: Readonly<Record<Language, string>>, language: Language): string {
  return text[language];
}

/** The alarms of an incident and how each was verified, for whoever works on it. */
export function IncidentAlarms({ alarms }: { alarms: readonly IncidentAlarm[] | undefined }) {
  const texts = useTexts();
  const language = useLanguage();
  if (alarms === undefined || alarms.length === 0) return null;
  return (
    <section class="panel" data-testid="incident-alarms">
      <h3>{texts.alarms.title}</h3>
      <ul class="log">
        {alarms.map(({ id, text, at, verification }) => (
          <li key={id}>
            <time>{clockTime(at)}</time>
            <span>
              {inLanguage(text, language)}
              <br />
              <VerificationMark verification={verification} />
              {'by' in verification && verification.status !== 'looking' && (
                <span class="muted">
                  {' '}
                  {texts.alarms.verifiedBy(verification.by, clockTime(verification.at))}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
