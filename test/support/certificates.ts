import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const read = (name: string) =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** For 127.0.0.1 and localhost, signed by `CAMERA_CA`. Keys of tests, used nowhere else. */
export const SIGNED = { cert: read('camera.crt'), key: read('camera.key') };
export const CAMERA_CA = read('ca.crt');

/** For 127.0.0.1 and localhost, signed by itself, of an RSA key: the weak ciphers that have to be refused need one. */
export const RSA = { cert: read('rsa.crt'), key: read('rsa.key') };

/** As cameras come out of the box: a name that is not theirs, signed by themselves. */
export const SELF_SIGNED = { cert: read('self-signed.crt'), key: read('self-signed.key') };
export const SELF_SIGNED_FINGERPRINT = new X509Certificate(SELF_SIGNED.cert).fingerprint256;
