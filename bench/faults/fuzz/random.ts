/** Chance that is the same for the same seed (mulberry32), so that what it found can be looked at again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Of one exchange: the same whatever others were made before it. */
  static of(seed: number, exchange: number, side: number): Random {
    return new Random(
      Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(exchange + 1, 0x85ebca6b) ^ Math.imul(side + 1, 0xc2b2ae35),
    )
  }

  /** 0 ≤ n < below */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!
  }
}

/** A few bytes replaced, left out or put in. */
export function corrupt(random: Random, bytes: Buffer): Buffer {
  const odd = ['\n', '\r', '\0', ' ', ':', ',', '\t', '\xff', '\r\n', '\r\n\r\n', '0', ';', 'HTTP/1.1']
  let text = bytes.toString('latin1')
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(text.length + 1)
    text = text.slice(0, at) + (random.chance(70) ? random.pick(odd) : '') + text.slice(at + random.below(3))
  }
  return Buffer.from(text, 'latin1')
}

/** Cuts bytes into some pieces. */
export function cut(random: Random, bytes: Buffer): Buffer[] {
  const places = Array.from({ length: random.below(4) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...places]
    .map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
    .filter(({ length }) => length > 0)
}
