/**
 * The data of `ADM-CID` (SIA DC-05, as DC-07 writes it):
 *
 *   1 130 02 012
 *   │  │  │  └─ zone or user; 000 none
 *   │  │  └──── partition; 00 none
 *   │  └─────── event code
 *   └────────── 1 begins or opening, 3 ends or closing, 6 is still so
 */
import { CONTACT_ID_CLOSINGS, CONTACT_ID_CODES } from './contact-id-codes.ts';
import { labelOf, plainNumber, type Signal, told } from './signal.ts';

const FORM =
  /^\s*([136])([0-9A-F]{3})\s*([0-9A-F]{2})\s*([0-9A-F]{3})(?![0-9A-F])(?:\s*\^([^^]*))?/i;
/** What people call it. */
export const CONTACT_ID = 'Contact ID';

/** Undefined for what is no Contact ID. */
export function parseContactId(data: string): Signal | undefined {
  const match = FORM.exec(data);
  if (!match) return undefined;
  const [, qualifier = '', code = '', partition, number, label] = match;
  const known = CONTACT_ID_CODES.get(code.toUpperCase());
  const facts = told(code.toUpperCase(), known, qualifier === '3', CONTACT_ID);
  const closing = facts.isRestored ? CONTACT_ID_CLOSINGS.get(code) : undefined;
  return {
    code: `${qualifier}${code}`.toUpperCase(),
    ...facts,
    ...(closing ? { text: closing } : {}),
    area: plainNumber(partition),
    number: plainNumber(number),
    user: undefined,
    label: labelOf(label),
  };
}
