import { printByValue } from '../../json-text.ts'

/** 32 bits of a text, by FNV-1a over its UTF-16 units, mixed. Not for secrets: who knows texts can choose their hashes. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}

/** Spreads a change of any bit over all of them (MurmurHash3's finalizer). */
export function mix(bits: number): number {
  let hash = bits ^ (bits >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * The lot that a candidate draws for a hash; the lowest wins. It is exponential of rate `weight`, so that the lowest of
 * several is each one's as often as its weight says, and hangs on nobody else (weighted rendezvous hashing).
 */
export function drawLot(hash: number, seed: number, weight: number): number {
  return -Math.log((mix(hash ^ seed) + 0.5) / 2 ** 32) / weight
}

/** The hash of a color's value; undefined when it is absent. Numbers and texts that look the same are the same. */
export function hashValue(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  return hashText(typeof value === 'object' ? printByValue(value) : String(value))
}
