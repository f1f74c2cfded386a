/**
 * CRC-16 as DC-07 describes it: polynomial x^16 + x^15 + x^2 + 1, each byte least significant bit
 * first, initial value 0, the remainder read backwards. Bit by bit, as on paper.
 */
export function checksum(bytes: Uint8Array): number {
  let remainder = 0;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit += 1) {
      const incoming = (byte >> bit) & 1;
      const carry = (remainder >> 15) ^ incoming;
      remainder = (remainder << 1) & 0xffff;
      if (carry === 1) remainder ^= 0x8005;
    }
  }
  return backwards(remainder);
}

function backwards(value: number): number {
  return Number.parseInt([...value.toString(2).padStart(16, '0')].reverse().join(''), 2);
}
