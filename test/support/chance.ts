import fc from 'fast-check'

/**
 * Chance in tests has one owner. Every run of the suite draws the same, on any machine, unless `LAW_SEED` says otherwise:
 * `Math.random` of whatever runs in a test's own process here, and what fast-check makes up.
 */
export const lawSeed = Number(process.env['LAW_SEED'])

Math.random = seededRandom(lawSeed)
fc.configureGlobal({ seed: lawSeed })

/** The same numbers every time (mulberry32). */
export function seededRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
