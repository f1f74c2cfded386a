/** Scopes of ONVIF Core §7.3.2.2: `onvif://www.onvif.org/name/Front%20door`, several of a kind. */
const PREFIX = 'onvif://www.onvif.org/';
const MAX_SCOPE = 512;

/** Separated by any white space, not only by single spaces. */
export function splitScopes(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((scope) => scope !== '' && scope.length <= MAX_SCOPE);
}

/** Every value of one kind, in their order and each once, e.g. `country/nl` and `city/delft`. */
export function scopeValues(scopes: readonly string[], kind: string): string[] {
  const start = `${PREFIX}${kind}/`;
  const values = scopes
    .filter((scope) => scope.toLowerCase().startsWith(start))
    .map((scope) => decodeSafely(scope.slice(start.length)))
    .filter((value) => value !== '');
  return [...new Set(values)];
}

/** The values of one kind for people; undefined when there is none. */
export function scopeValue(scopes: readonly string[], kind: string): string | undefined {
  return scopeValues(scopes, kind).join(', ') || undefined;
}

/** Some devices write a bare `%`. */
function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text;
  }
}
