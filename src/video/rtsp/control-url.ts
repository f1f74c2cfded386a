/**
 * Which URL to put into SETUP and PLAY. RFC 2326 appendix C.1.1 joins `a=control` to the base by
 * RFC 3986, which replaces the last segment and drops the query; cameras were made for clients that
 * append it as a string. So the string comes first, and the others follow on 400 and 404.
 */
export interface ControlBase {
  /** What DESCRIBE was sent to. */
  requestUrl: string;
  /** `Content-Base` or `Content-Location` of its reply. */
  contentBase: string | undefined;
}

/** URLs for one control attribute, the most likely first, each once. */
export function controlUrls(base: ControlBase, control: string | undefined): string[] {
  const bases = baseUrls(base);
  if (control === undefined || control === '' || control === '*') return bases;
  if (/^rtsps?:\/\//i.test(control)) return [control];
  const appended = bases.map((each) => append(each, control));
  const inPath = bases.map((each) => appendToPath(each, control));
  const joined = bases.map((each) => join(each, control));
  const all = control.startsWith('?')
    ? [...joined, ...appended]
    : [...appended, ...inPath, ...joined];
  return [...new Set(all.filter((url) => url !== undefined))];
}

/** The URL that stands for the whole presentation, and what else may be taken for it. */
export function baseUrls({ requestUrl, contentBase }: ControlBase): string[] {
  const usable = contentBase !== undefined && /^rtsps?:\/\/[^/\s]+/i.test(contentBase);
  return usable ? [...new Set([contentBase, requestUrl])] : [requestUrl];
}

function append(base: string, control: string): string {
  return `${base.replace(/\/$/, '')}/${control.replace(/^\//, '')}`;
}

function appendToPath(base: string, control: string): string | undefined {
  const query = base.indexOf('?');
  if (query < 0) return undefined;
  return append(base.slice(0, query), control) + base.slice(query);
}

function join(base: string, control: string): string | undefined {
  return URL.canParse(control, base) ? new URL(control, base).href : undefined;
}

/** A URL as it goes on the wire: ASCII without spaces, and without a fragment. */
export function wireUrl(url: string): string {
  return url
    .trim()
    .replace(/#.*$/s, '')
    .replace(/[^\x21-\x7e]+/gu, (others) =>
      Buffer.from(others).toString('hex').toUpperCase().replace(/../g, '%$&'),
    );
}
