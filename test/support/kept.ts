import type { AccessUnit } from '../../src/video/access-unit.ts';

/** What a picture was when it came: its memory is used again for the next. */
export function kept(unit: AccessUnit): AccessUnit {
  return { ...unit, nalUnits: unit.nalUnits.map((nal) => Buffer.from(nal)) };
}
