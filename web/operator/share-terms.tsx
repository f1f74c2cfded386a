import { useState } from 'preact/hooks';
import type { CameraView, Right, ShareTerms } from '../../src/client/index.ts';
import { useTexts } from '../shared/i18n.tsx';
import { Many } from '../shared/inputs.tsx';
import type { Centre } from './centre.ts';

export const RIGHTS: readonly Right[] = ['view', 'ptz', 'switch', 'plan'];
const DEFAULT_MINUTES = 60;

export interface Terms {
  readonly cameras: readonly string[];
  readonly rights: readonly Right[];
  readonly expiresInMinutes: number;
  /** Not chosen here: as it was. */
  readonly requests?: NonNullable<ShareTerms['requests']>;
}

/** What is to be shared, as somebody is choosing it. */
export function useTerms(
  centre: Centre,
  first: Partial<Pick<Terms, 'cameras' | 'rights' | 'requests'>>,
): [Terms, (terms: Terms) => void] {
  return useState<Terms>({
    cameras: first.cameras ?? [],
    rights: first.rights ?? RIGHTS,
    expiresInMinutes: centre.session.grantMinutes ?? DEFAULT_MINUTES,
    ...(first.requests ? { requests: first.requests } : {}),
  });
}

export function areEmpty({ cameras, rights }: Terms): boolean {
  return cameras.length === 0 || rights.length === 0;
}

export interface TermsProps {
  /** Those that can be shared. */
  readonly cameras: readonly CameraView[];
  readonly terms: Terms;
  readonly onChange: (terms: Terms) => void;
}

export function TermsFields({ cameras, terms, onChange }: TermsProps) {
  const texts = useTexts();
  return (
    <>
      <Many
        label={texts.cameras}
        options={cameras}
        chosen={terms.cameras}
        onChange={(chosen) => onChange({ ...terms, cameras: chosen })}
      />
      <Many
        label={texts.rights}
        options={RIGHTS.map((id) => ({ id, name: texts.rightNames[id] }))}
        chosen={terms.rights}
        onChange={(rights) => onChange({ ...terms, rights })}
      />
      <label class="minutes">
        {texts.minutes}
        <input
          type="number"
          name="minutes"
          min={1}
          max={1440}
          required
          value={terms.expiresInMinutes}
          onInput={({ currentTarget }) =>
            onChange({ ...terms, expiresInMinutes: currentTarget.valueAsNumber })
          }
        />
      </label>
    </>
  );
}
