import { describe, expect, it } from '@jest/globals';
import { scopeMatches } from '../../../src/simulator/discovery/scopes.ts';

const own = 'onvif://www.onvif.org/name/Winkel%20en%20plein';
const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';

describe('scopeMatches', () => {
  it.each([
    ['itself', own, undefined, true],
    ['a prefix of its segments', 'onvif://www.onvif.org/name', undefined, true],
    ['the authority alone', 'onvif://www.onvif.org', undefined, true],
    ['scheme and authority in another case', 'ONVIF://WWW.ONVIF.ORG/name', undefined, true],
    ['a trailing slash', 'onvif://www.onvif.org/name/', undefined, true],
    ['the same characters encoded otherwise', 'onvif://www.onvif.org/n%61me', undefined, true],
    ['the rule of ONVIF by name', 'onvif://www.onvif.org/name', `${discovery}/rfc3986`, true],
    [
      'the rule of WS-Discovery by name',
      'onvif://www.onvif.org/name',
      `${discovery}/rfc2396`,
      true,
    ],
    ['the whole text when it must be equal', own, `${discovery}/strcmp0`, true],
  ])('accepts %s', (_, asked, rule, expected) => {
    expect(scopeMatches(asked, own, rule)).toBe(expected);
  });

  it.each([
    ['half a segment', 'onvif://www.onvif.org/na', undefined],
    ['a path in another case', 'onvif://www.onvif.org/Name', undefined],
    ['more segments than there are', `${own}/x`, undefined],
    ['another authority', 'onvif://example.org/name', undefined],
    ['dots in the path', 'onvif://www.onvif.org/x/../name', undefined],
    ['what is no URI', 'name', undefined],
    ['broken percent-encoding', 'onvif://www.onvif.org/%zz', undefined],
    ['a prefix when texts must be equal', 'onvif://www.onvif.org/name', `${discovery}/strcmp0`],
    ['a rule that it does not know', own, `${discovery}/ldap`],
  ])('refuses %s', (_, asked, rule) => {
    expect(scopeMatches(asked, own, rule)).toBe(false);
  });
});
