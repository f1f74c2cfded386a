/** `_HH:MM:SS,MM-DD-YYYY`, UTC (DC-09 §5.5.1.9). */

const FORM = /^(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})$/;

/** Unix ms; undefined for what is no moment, such as month 0 of one panel. */
export function parseTimestamp(text: string): number | undefined {
  const [hour, minute, second, month, day, year] = (FORM.exec(text) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const unixMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return formatTimestamp(unixMs) === text ? unixMs : undefined;
}

export function formatTimestamp(unixMs: number): string {
  const [date = '', time = ''] = new Date(unixMs).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${time.slice(0, 8)},${month}-${day}-${year}`;
}
