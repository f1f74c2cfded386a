import type { ConfigProblem, OpenConfig } from '../config/load.ts';
import { readTlsMaterial } from '../core/tls/material.ts';
import { sayTerm, stageOf, type TermKind, termsOf } from '../core/tls/terms.ts';
import {
  TlsFileError,
  type TlsFileNames,
  type TlsSetting,
  unreadableFiles,
} from '../core/tls/tls-bytes.ts';

export interface CertificateFindings {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

const SETTING: Readonly<Record<TermKind, TlsSetting>> = {
  certificate: 'cert',
  'client-ca': 'clientCa',
  'revocation-list': 'clientCrl',
};

/** Whether the gateway would take the certificates of its listeners, and which of them end soon. */
export function examineCertificates(open: OpenConfig, nowUnixMs: number): CertificateFindings {
  const { centre, police, alarms } = open.config;
  const sections = [
    { path: ['centre', 'tls'], tls: centre.tls },
    { path: ['police', 'tls'], tls: police?.tls },
    { path: ['alarms', 'dc09', 'tls'], tls: alarms.dc09?.tls },
  ];
  const all = sections.map(({ path, tls }) =>
    tls ? examine(open, path, tls, nowUnixMs) : { problems: [], warnings: [] },
  );
  return {
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}

function examine(
  open: OpenConfig,
  path: readonly string[],
  tls: TlsFileNames,
  nowUnixMs: number,
): CertificateFindings {
  const problemOf = ({ setting, message }: TlsFileError) =>
    open.problemAt([...path, setting], message);
  const unreadable = unreadableFiles(tls);
  if (unreadable.length > 0) return { problems: unreadable.map(problemOf), warnings: [] };
  try {
    const warnings = termsOf(readTlsMaterial(tls)).flatMap((term) => {
      const stage = stageOf(term, nowUnixMs);
      if (stage === 'fine') return [];
      return [open.problemAt([...path, SETTING[term.kind]], sayTerm(term, stage))];
    });
    return { problems: [], warnings };
  } catch (error) {
    if (!(error instanceof TlsFileError)) throw error;
    return { problems: [problemOf(error)], warnings: [] };
  }
}
