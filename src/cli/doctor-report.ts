import { printable } from '../core/printable.ts';
import type { DoctorReport } from '../gateway/doctor/doctor.ts';
import type { PtzReport } from '../gateway/doctor/ptz-check.ts';
import type { SessionReport } from '../gateway/doctor/session-check.ts';
import type { StreamReport } from '../gateway/doctor/stream-check.ts';
import type { CliContext } from './context.ts';
import { printAdvice, printLine, printTable } from './output.ts';
import { outputsOf } from './probe.ts';

/** A row for each thing that was found, a column for each stream. */
export function printDoctorReport(context: CliContext, report: DoctorReport): void {
  const { device, streams, sessions, ptz, advice } = report;
  const facts: [string, string | undefined][] = [
    ['Camera', device?.identity && `${device.identity.manufacturer} ${device.identity.model}`],
    ['Firmware', device?.identity?.firmware],
    ['Clock', device?.clockOffsetMs === undefined ? undefined : offset(device.clockOffsetMs)],
    ['Sessions', sessions && describeSessions(sessions)],
    ['Outputs', device?.outputs && outputsOf(device.outputs)],
    ['Movement', ptz && describeMovement(ptz)],
  ];
  for (const [name, value] of facts) {
    if (value !== undefined) printLine(context, `${name.padEnd(15)}${printable(value)}`);
  }
  const columns = streams.map((stream) => figuresOf(stream, report));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = names.map((name) => [name, ...columns.map((column) => column.get(name) ?? '')]);
  printTable(context, ['', ...streams.map(({ role }) => role.toUpperCase())], rows);
  printAdvice(context, advice);
  if (advice.length === 0) printLine(context, 'Nothing to change.');
}

function figuresOf(stream: StreamReport, { device }: DoctorReport): Map<string, string> {
  const declared = device?.streams.find(({ role }) => role === stream.role);
  const { coding, madeOf, transport, firstPictureMs, failure } = stream;
  const rows: [string, string | undefined][] = [
    ['Codec', madeOf ?? (coding && `${coding.codec} ${coding.profile}, level ${coding.level}`)],
    ['', madeOf === undefined ? coding?.codecString : 'made into H.264 by ffmpeg'],
    ['Size', coding && `${coding.width}×${coding.height}`],
    ['Transport', transport],
    ['First picture', firstPictureMs === undefined ? undefined : ms(firstPictureMs)],
    ...picturesOf(stream, declared?.fps ?? (madeOf ? undefined : coding?.framesPerSecond)),
    ...packetsOf(stream, declared?.kbps),
    ['Ended', failure?.code],
  ];
  return new Map(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function picturesOf({ pictures }: StreamReport, declaredFps: number | undefined) {
  if (!pictures) return [];
  const { framesPerSecond, keyFrameIntervalMs, longestGroupMs, reordered } = pictures;
  const { unevennessMs, longestGapMs } = pictures;
  const declared = declaredFps === undefined ? '' : `, declared ${rounded(declaredFps)}`;
  const interval = keyFrameIntervalMs
    ? `every ${seconds(keyFrameIntervalMs.min)} to ${seconds(keyFrameIntervalMs.max)}`
    : `over ${seconds(longestGroupMs)}`;
  const rows: [string, string][] = [
    ['Frame rate', `${framesPerSecond === undefined ? '?' : rounded(framesPerSecond)}${declared}`],
    ['Key frames', interval],
    ['B-frames', reordered > 0 ? `yes, ${reordered} of ${pictures.pictures}` : 'no'],
    ['Out of step', `${ms(unevennessMs.p50)}, 95 % under ${ms(unevennessMs.p95)}`],
    ['Longest pause', ms(longestGapMs)],
  ];
  return rows;
}

function packetsOf({ packets, losses }: StreamReport, declaredKbps: number | undefined) {
  if (!packets || !losses) return [];
  const { kbps, peakKbps, jitterMs, clockOffsetMs, senderReports } = packets;
  const declared = declaredKbps === undefined ? '' : `, declared ${declaredKbps}`;
  const { lost, broken, outliers, reconnects } = losses;
  const rows: [string, string][] = [
    ['Kbit/s', `${Math.round(kbps)}, at most ${Math.round(peakKbps)}${declared}`],
    ['Jitter', `${ms(jitterMs.last)}, at most ${ms(jitterMs.max)}`],
    ['Lost packets', `${lost} of ${lost + packets.packets}`],
    ['Broken', `${broken} pictures`],
    ['Wrong times', `${outliers}`],
    ['Breaks', `${reconnects}`],
    [
      'Sender clock',
      clockOffsetMs === undefined ? `not told (${senderReports} reports)` : offset(clockOffsetMs),
    ],
  ];
  return rows;
}

function describeSessions({ asked, granted, refusal, dropped }: SessionReport): string {
  const more = refusal ? `the next was refused (${refusal.code})` : `of ${asked} asked for`;
  return `${granted} at a time, ${more}${dropped > 0 ? `, ${dropped} ended for it` : ''}`;
}

function describeMovement({ axis, moved, stopped, returned, quirks, failure }: PtzReport): string {
  if (failure) return `failed (${failure.code})`;
  if (!axis) return 'a fixed camera';
  const parts = [
    `${axis} ${moved === undefined ? 'accepted' : moved ? 'moved' : 'did not move'}`,
    stopped === undefined ? 'not known whether it stopped' : stopped ? 'stopped' : 'did not stop',
    ...(returned ? ['sent back'] : []),
    ...Object.keys(quirks),
  ];
  return parts.join(', ');
}

function offset(offsetMs: number): string {
  const way = offsetMs < 0 ? 'behind' : 'ahead';
  const size = Math.abs(offsetMs);
  return `${size < 10_000 ? ms(size) : seconds(size)} ${way}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function seconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(1)} s`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(1)));
}
