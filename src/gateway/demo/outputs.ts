import type { ConfigInput } from '../../config/schema.ts';

type Output = NonNullable<ConfigInput['cameras'][number]['outputs']>[number];

/**
 * What hangs on the virtual cameras, by the token of the output. The control room asks and the centre
 * confirms; what is quiet and safe, off, needs nobody.
 */
const HANGS: Readonly<Record<string, Omit<Output, 'id' | 'token'>>> = {
  siren: {
    ...{ kind: 'siren', name: { nl: 'Sirene', en: 'Siren' } },
    requests: { on: 'confirm', off: 'auto' },
  },
  light: {
    ...{ kind: 'light', name: { nl: 'Licht', en: 'Light' } },
    requests: { on: 'confirm', off: 'confirm' },
  },
  gate: { kind: 'gate', name: { nl: 'Slagboom', en: 'Barrier' }, requests: { on: 'confirm' } },
};

/** @param relays tokens of the outputs of a virtual camera. */
export function demonstrationOutputs(relays: readonly string[]): Output[] {
  return relays.flatMap((token) => {
    const output = HANGS[token];
    return output ? [{ ...output, id: token, token }] : [];
  });
}
