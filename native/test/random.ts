/** Random numbers that a printed seed brings back. */

export interface Random {
  seed: number;
  /** An integer from 0 to `below` - 1. */
  (below: number): number;
}

/** mulberry32, from FAMS_SEED or a new seed. */
export function makeRandom(seed = Number(process.env.FAMS_SEED ?? Date.now() % 2 ** 32)): Random {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return Object.assign(next, { seed });
}
