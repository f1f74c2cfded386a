import type { TlsSource } from '../../src/core/tls/files.ts';
import { tlsMaterial } from '../../src/core/tls/material.ts';
import type { TlsFileNames, TlsSetting } from '../../src/core/tls/tls-bytes.ts';

export interface SteadyTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string;
  readonly clientCert?: TlsFileNames['clientCert'];
}

/** Certificates that never change. */
export function steadyTls({ cert, key, ca, clientCert = 'off' }: SteadyTls): TlsSource {
  const of = (setting: TlsSetting, text: string | Buffer) => {
    return { setting, file: setting, bytes: Buffer.from(text) };
  };
  const material = tlsMaterial(
    { cert: 'cert', key: 'key', clientCert },
    {
      ...{ cert: of('cert', cert), key: of('key', key), digest: '' },
      ...{ clientCa: ca === undefined ? undefined : of('clientCa', ca), clientCrl: [] },
    },
  );
  return { material, onLook: () => () => undefined };
}
