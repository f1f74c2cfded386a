import { list, type Part, part, type Report, text } from './parts.ts';

type Path = Parameters<Report>[0];

/** That what is named in `alarms.webhook`, and by the rules of ONVIF, is there. */
export function alarmProblems(config: Part | undefined, report: Report): void {
  const idsOf = (items: unknown) => list(items).flatMap((item) => text(part(item)?.['id']) ?? []);
  const known = { camera: idsOf(config?.['cameras']), site: idsOf(config?.['sites']) };
  const check = (what: keyof typeof known, named: unknown, path: Path) => {
    for (const each of list(named)) {
      const name = text(each);
      if (name === undefined || known[what].includes(name)) continue;
      report(path, `there is no ${what} ${name}`);
    }
  };
  const checkRules = (section: unknown, path: Path) =>
    list(part(section)?.['rules']).forEach((rule, index) => {
      check('camera', part(rule)?.['cameras'], [...path, 'rules', index, 'cameras']);
    });
  const alarms = part(config?.['alarms']);
  checkRules(alarms?.['onvif'], ['alarms', 'onvif']);
  list(config?.['cameras']).forEach((camera, index) => {
    checkRules(part(camera)?.['alarms'], ['cameras', index, 'alarms']);
  });
  list(alarms?.['webhook']).forEach((item, index) => {
    const at = ['alarms', 'webhook', index];
    check('site', part(item)?.['sites'], [...at, 'sites']);
    for (const [type, meaning] of Object.entries(part(part(item)?.['types']) ?? {})) {
      check('camera', part(meaning)?.['cameras'], [...at, 'types', type, 'cameras']);
    }
  });
  checkTokens(list(alarms?.['webhook']), report);
}

function checkTokens(sources: readonly unknown[], report: Report): void {
  const seen = new Set<string>();
  sources.forEach((source, index) => {
    const token = text(part(source)?.['token']);
    if (token === undefined) return;
    if (seen.has(token)) {
      const message = `${token} is named twice; write one source a token`;
      report(['alarms', 'webhook', index, 'token'], message);
    }
    seen.add(token);
  });
}
