/**
 * Whether a scope of a device answers to a scope asked for (WS-Discovery §5.1).
 *
 * The default rule, called `rfc2396` in WS-Discovery and `rfc3986` in ONVIF Core §7.3.3: the same
 * scheme and authority in any case, and the path asked for is a prefix of the device's, segment by
 * segment. `onvif://www.onvif.org/name` matches `…/name/shop`, not `…/names`.
 */
export function scopeMatches(asked: string, own: string, rule = '/rfc3986'): boolean {
  if (rule.endsWith('/strcmp0')) return asked === own;
  if (!rule.endsWith('/rfc3986') && !rule.endsWith('/rfc2396')) return false;
  const wanted = parts(asked);
  const offered = parts(own);
  if (!wanted || !offered || wanted.root !== offered.root) return false;
  return wanted.segments.every((segment, index) => offered.segments[index] === segment);
}

function parts(scope: string): { root: string; segments: string[] } | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)$/i.exec(scope);
  if (!match) return undefined;
  const [, scheme = '', authority = '', path = ''] = match;
  const segments = path.split('/').filter(Boolean).map(decoded);
  if (segments.includes('.') || segments.includes('..')) return undefined;
  return { root: `${scheme}://${authority}`.toLowerCase(), segments };
}

/** Percent-encoding undone; a segment that is not well encoded stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
