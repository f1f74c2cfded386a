import { LiveViewError } from '../../core/errors.ts';
import { checkSites } from '../site-limit.ts';
import { type DirectoryPerson, shownName, usernameOf } from './person.ts';
import type { OpenIdTerms, RoleRule } from './terms.ts';

/** Claims of an ID token that was validated. Their types are whatever the directory made of them. */
export type Claims = Readonly<Record<string, unknown>>;

type Mapping = Pick<OpenIdTerms, 'roleClaim' | 'roles' | 'requireAmr'>;

/**
 * Who somebody is here, by what the directory says of them.
 *
 * @param terms names the configuration in force.
 * @throws LiveViewError `openid-failed` (no usable subject), `openid-second-factor`, `openid-no-role`.
 */
export function personOf(claims: Claims, mapping: Mapping, terms: string): DirectoryPerson {
  const username = subjectOf(claims);
  checkMethods(claims, mapping.requireAmr);
  const { role, sites } = termsOf(valuesAt(claims, mapping.roleClaim), mapping.roles);
  const name = shownName(own(claims, 'name')) ?? shownName(own(claims, 'preferred_username'));
  const sid = own(claims, 'sid');
  return {
    ...{ username, role, ...checkSites(role, sites) },
    ...(name === undefined ? {} : { name }),
    ...(typeof sid === 'string' && sid !== '' && sid.length <= 255 ? { sid } : {}),
    terms,
  };
}

/** @throws LiveViewError `openid-failed`. */
export function subjectOf(claims: Claims): string {
  const username = usernameOf(own(claims, 'sub'));
  if (username !== undefined) return username;
  throw new LiveViewError(
    'openid-failed',
    'the directory names somebody by what is not 1–255 characters of ASCII without blanks',
  );
}

function checkMethods(claims: Claims, required: readonly string[]): void {
  const used = new Set(texts(own(claims, 'amr')));
  if (required.every((method) => used.has(method))) return;
  throw new LiveViewError(
    'openid-second-factor',
    `the login at the directory has to use ${required.join(', ')} (claim amr), which it did not`,
  );
}

/** The first rule that fits decides the role; the sites are those of every fitting rule of that role. */
function termsOf(
  values: readonly string[],
  rules: readonly RoleRule[],
): Pick<RoleRule, 'role' | 'sites'> {
  const has = new Set(values);
  const fitting = rules.filter(({ value }) => has.has(value));
  const [first] = fitting;
  if (!first) {
    throw new LiveViewError(
      'openid-no-role',
      'nothing that the directory says of you gives a role here; ask whoever runs the gateway',
    );
  }
  const { role } = first;
  const same = fitting.filter((rule) => rule.role === role);
  const sites = same.flatMap((rule) => rule.sites ?? []);
  return same.some((rule) => rule.sites === undefined) ? { role } : { role, sites };
}

/** One text or a list of them; whatever else lies there is nothing. */
function valuesAt(claims: Claims, path: readonly string[]): readonly string[] {
  return texts(path.reduce<unknown>(own, claims));
}

function texts(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}

/** What an object itself has by this name, and nothing that objects come with. */
function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
