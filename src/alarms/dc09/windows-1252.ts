/**
 * The text of panels (DC-09 §5.5.1.8 allows Windows-1252 in extended data). By a table of our own, as
 * Node 20 takes what it calls by this name for ISO 8859-1.
 */
export function fromWindows1252(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return text.replace(BETWEEN, (char) => UPPER.charAt(char.charCodeAt(0) - 0x80));
}

const BETWEEN = /[\u0080-\u009f]/g;
/** 0x80 to 0x9F; what is not assigned stays the control character that it is. */
const UPPER = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
