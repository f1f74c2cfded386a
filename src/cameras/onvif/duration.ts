/** Durations of XML Schema Part 2 §3.2.6, as far as ONVIF uses them: `PT10S`, `PT0.5S`, `P1DT2H`. */

export function formatDuration(ms: number): string {
  return `PT${Number((ms / 1000).toFixed(3))}S`;
}

/** Milliseconds; undefined when it is no duration, or one with years or months. */
export function parseDurationMs(text: string | undefined): number | undefined {
  const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
  const match = pattern.exec(text?.trim() ?? '');
  if (!match || match.slice(1).every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000;
}
