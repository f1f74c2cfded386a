/** What a virtual panel can report by name, in both formats. */
export interface PanelEventCode {
  /** SIA DC-03: when it begins, and when it is over. */
  readonly sia: readonly [begins: string, ends: string];
  /** Contact ID, without qualifier. */
  readonly cid: string;
  /** Qualifier of Contact ID where beginning is not 1. */
  readonly qualifier?: '3';
}

export const PANEL_EVENTS = {
  'hold-up': { sia: ['HA', 'HH'], cid: '122' },
  panic: { sia: ['PA', 'PH'], cid: '120' },
  burglary: { sia: ['BA', 'BH'], cid: '130' },
  fire: { sia: ['FA', 'FH'], cid: '110' },
  medical: { sia: ['MA', 'MH'], cid: '100' },
  tamper: { sia: ['TA', 'TH'], cid: '137' },
  'mains-lost': { sia: ['AT', 'AR'], cid: '301' },
  'battery-low': { sia: ['YT', 'YR'], cid: '302' },
  armed: { sia: ['CL', 'OP'], cid: '401', qualifier: '3' },
  disarmed: { sia: ['OP', 'CL'], cid: '401' },
  test: { sia: ['RP', 'RP'], cid: '602' },
} as const satisfies Record<string, PanelEventCode>;
export type PanelEventName = keyof typeof PANEL_EVENTS;

export type PanelFormat = 'sia' | 'cid';

export interface PanelEvent {
  readonly name: PanelEventName;
  /** Zone or user. */
  readonly number?: number | undefined;
  /** Partition or area. */
  readonly area?: number | undefined;
  /** It is over. */
  readonly isOver?: boolean | undefined;
  /** As typed into the panel. */
  readonly label?: string | undefined;
}

/** The id of the message, and what stands between its brackets. */
export function eventData(
  format: PanelFormat,
  account: string,
  event: PanelEvent,
): { readonly id: string; readonly data: string } {
  const { name, number = 0, area, isOver = false, label } = event;
  const code: PanelEventCode = PANEL_EVENTS[name];
  const text = label === undefined ? '' : `^${label}^`;
  if (format === 'sia') {
    const where = area === undefined ? '' : `ri${area}/`;
    const zone = number === 0 ? '' : String(number);
    return {
      id: 'SIA-DCS',
      data: `#${account}|N${where}${code.sia[isOver ? 1 : 0]}${zone}${text}`,
    };
  }
  const begins = code.qualifier ?? '1';
  const qualifier = isOver ? other(begins) : begins;
  const place = `${pad(area ?? 0, 2)} ${pad(number, 3)}`;
  return { id: 'ADM-CID', data: `#${account}|${qualifier}${code.cid} ${place}` };
}

function other(qualifier: string): string {
  return qualifier === '1' ? '3' : '1';
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
