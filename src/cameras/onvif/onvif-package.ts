/** The onvif package (0.8.3, pinned), with two of its functions replaced that do harm. */
import utils from 'onvif/lib/utils.js';

/**
 * Nobody uses what the package reads of an answer, and its expression over the text,
 * `/xmlns([^=]*?)=(".*?")/g`, is quadratic where an `=` or a closing quote does not follow: 512 KiB
 * of them hold the thread for ten seconds.
 */
utils.parseSOAPString = (xml, callback, status) => callback(null, undefined, xml, status);

/** All challenges, and not those fields only that begin with Digest: one may hold several. */
utils.getDigestHeaders = (rawHeaders) =>
  rawHeaders.filter((_value, index) => index % 2 === 1 && isChallenge(rawHeaders[index - 1]));

function isChallenge(name: string | undefined): boolean {
  return name?.toLowerCase() === 'www-authenticate';
}

// It takes these functions when it is loaded, so that comes last, whatever a loader does with imports.
const { default: onvif } = await import('onvif');

export const { Cam } = onvif;
