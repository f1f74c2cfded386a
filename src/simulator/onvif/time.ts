/** xs:duration and xs:dateTime as ONVIF uses them. */

/**
 * Milliseconds of a duration such as `PT1M`, `PT0.5S` or `P1DT2H`; undefined when it is none, is
 * negative, or has years or months (whose length depends on when they begin).
 */
export function durationMs(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((n) => Number(n ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

export function duration(ms: number): string {
  return `PT${ms / 1000}S`;
}

/**
 * When an `AbsoluteOrRelativeTimeType` (WS-BaseNotification) is: a duration from `nowMs`, or a
 * dateTime. Unix milliseconds; undefined when it is neither.
 */
export function terminationMs(text: string, nowMs: number): number | undefined {
  const relative = durationMs(text);
  if (relative !== undefined) return nowMs + relative;
  const absolute = Date.parse(text);
  return Number.isNaN(absolute) ? undefined : absolute;
}

export function dateTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
