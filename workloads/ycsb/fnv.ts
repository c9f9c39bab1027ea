const PRIME_LOW = 0x1b3;

/**
 * YCSB's hash of a record number: 64-bit FNV-1a over its eight little-endian bytes, made positive and reduced modulo
 * `limit`. Two 32-bit halves, because bigint arithmetic would cost more than the operation under test.
 * `value` up to 2^53, `limit` up to 2^26.
 */
export function fnvModulo(value: number, limit: number): number {
  let low = 0x84222325;
  let high = 0xcbf29ce4;
  let rest = value;
  for (let i = 0; i < 8; i++) {
    low = (low ^ (rest % 256)) >>> 0;
    rest = Math.floor(rest / 256);
    // The prime is 2^40 + 0x1b3.
    const product = low * PRIME_LOW;
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return absoluteModulo(high, low, limit);
}

/** |number| modulo `limit`, of the signed 64-bit number with these halves. */
function absoluteModulo(high: number, low: number, limit: number): number {
  if (high < 2 ** 31) return ((high % limit) * (2 ** 32 % limit) + low) % limit;
  const negatedLow = -low >>> 0;
  const negatedHigh = (~high + (low === 0 ? 1 : 0)) >>> 0;
  return ((negatedHigh % limit) * (2 ** 32 % limit) + negatedLow) % limit;
}
