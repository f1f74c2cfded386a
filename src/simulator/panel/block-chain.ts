/**
 * AES-CBC with an initialization vector of zeros, chained by hand over single blocks: what a receiver
 * decrypts with its library is then not the same code backwards.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';

const BLOCK_BYTES = 16;

/** @param plain a multiple of 16 bytes. */
export function encryptChain(key: Buffer, plain: Buffer): Buffer {
  let previous: Buffer = Buffer.alloc(BLOCK_BYTES);
  return eachBlock(plain, (block) => {
    const cipher = createCipheriv(ecb(key), key, null).setAutoPadding(false);
    previous = cipher.update(xor(block, previous));
    return previous;
  });
}

export function decryptChain(key: Buffer, secret: Buffer): Buffer {
  let previous: Buffer = Buffer.alloc(BLOCK_BYTES);
  return eachBlock(secret, (block) => {
    const decipher = createDecipheriv(ecb(key), key, null).setAutoPadding(false);
    const plain = xor(decipher.update(block), previous);
    previous = block;
    return plain;
  });
}

function eachBlock(bytes: Buffer, of: (block: Buffer) => Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    blocks.push(of(bytes.subarray(at, at + BLOCK_BYTES)));
  }
  return Buffer.concat(blocks);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}

function ecb(key: Buffer): string {
  return `aes-${key.length * 8}-ecb`;
}
