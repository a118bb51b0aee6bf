/** What a request is known by, in its path and in its answer: who sent it (`m`: a mutated one, `i`: an innocent), and which it is. */
export const nonceOf = (kind: 'm' | 'i', index: number): string => `n${kind}${String(index).padStart(7, '0')}z`

/** All that stand in some bytes. */
export function noncesIn(bytes: string): string[] {
  return bytes.match(/n[mi]\d{7}z/g) ?? []
}
