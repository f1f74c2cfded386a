import type { SiteView } from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';

/** Whom to call, as entries of a list of facts. */
export function Contacts({ contacts }: { contacts: SiteView['contacts'] }) {
  const texts = useTexts();
  if (contacts.length === 0) return null;
  return (
    <>
      <dt>{texts.contacts}</dt>
      {contacts.map(({ name, phone, role }) => (
        <dd key={name}>
          {name}
          {role && <span class="muted"> · {role}</span>}
          {phone && <span class="phone">{phone}</span>}
        </dd>
      ))}
    </>
  );
}
