/**
 * What a request is known by, in its path and in its answer: who sent it (`m`: a mutated one, `i`: an innocent), which
 * it is, and check letters, since a mutation may make another number of it.
 */
export function nonceOf(kind: 'm' | 'i', index: number): string {
  const number = String(index).padStart(7, '0')
  return `n${kind}${number}${checkOf(number)}z`
}

/** All that stand in some bytes; what a mutation has spoilt is none. */
export function noncesIn(bytes: string): string[] {
  return (bytes.match(/n[mi]\d{7}[a-z]{2}z/g) ?? []).filter((nonce) => nonce.slice(9, 11) === checkOf(numberIn(nonce)))
}

/** Which request it is, as a number. */
export const indexOf = (nonce: string): number => Number(numberIn(nonce))

const numberIn = (nonce: string) => nonce.slice(2, 9)

/** Weights that are no multiples of the modulus: no change of one digit, and no swap of two, gives the same letters. */
function checkOf(number: string): string {
  const sum = [...number].reduce((total, digit, at) => (total * 31 + (Number(digit) + 1) * (at + 3)) % 673, 0)
  return String.fromCharCode(97 + Math.floor(sum / 26), 97 + (sum % 26))
}
