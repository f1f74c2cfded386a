import {
  below,
  checkKnown,
  idsOf,
  list,
  type Part,
  part,
  type Report,
  repeated,
  text,
} from './parts.ts';

/** That what is named in `alarms.webhook`, and by the rules of ONVIF, is there. */
export function alarmProblems(config: Part | undefined, report: Report): void {
  const sites = idsOf(config?.['sites']);
  const cameras = idsOf(config?.['cameras']);
  const alarms = part(config?.['alarms']);
  checkRules(alarms?.['onvif'], cameras, below(report, 'alarms', 'onvif'));
  list(config?.['cameras']).forEach((camera, index) => {
    checkRules(part(camera)?.['alarms'], cameras, below(report, 'cameras', index, 'alarms'));
  });
  const sources = list(alarms?.['webhook']);
  const atSource = (index: number) => below(report, 'alarms', 'webhook', index);
  sources.forEach((source, index) => {
    checkKnown('site', sites, part(source)?.['sites'], below(atSource(index), 'sites'));
    for (const [type, meaning] of Object.entries(part(part(source)?.['types']) ?? {})) {
      const at = below(atSource(index), 'types', type, 'cameras');
      checkKnown('camera', cameras, part(meaning)?.['cameras'], at);
    }
  });
  const tokens = sources.map((source) => text(part(source)?.['token']));
  for (const index of repeated(tokens)) {
    atSource(index)(['token'], `${tokens[index]} is named twice; write one source a token`);
  }
}

function checkRules(section: unknown, cameras: readonly string[], report: Report): void {
  list(part(section)?.['rules']).forEach((rule, index) => {
    checkKnown(
      'camera',
      cameras,
      part(rule)?.['cameras'],
      below(report, 'rules', index, 'cameras'),
    );
  });
}
