import { findNoise, type Measurement } from './measure.ts'

/** Makes noisy measurements again, so many times in all. */
export class Repeats {
  readonly #most: number
  readonly #tell: (line: string) => void
  #rejected = 0
  #noisy = 0

  constructor(most: number, tell: (line: string) => void) {
    this.#most = most
    this.#tell = tell
  }

  /** Measurements that were thrown away and made again. */
  get rejected(): number {
    return this.#rejected
  }

  /** Measurements that were kept although they were noisy, because the repeats were used up. */
  get noisy(): number {
    return this.#noisy
  }

  /** @throws Error when requests failed, and noise was not to blame or the repeats are used up */
  async measure(title: string, once: () => Promise<Measurement>): Promise<Measurement> {
    for (;;) {
      const measurement = await once()
      const { cpuUsPerRequest, p50Ms, failures } = measurement
      const noise = findNoise(measurement)
      const isLeft = this.#rejected < this.#most
      const told = `${title}: ${cpuUsPerRequest.toFixed(1)} µs/request, p50 ${p50Ms.toFixed(1)} ms`
      this.#tell(noise === undefined ? told : `${told}  (${noise}${isLeft ? ': again' : ''})`)
      if (noise !== undefined && isLeft) {
        this.#rejected++
        continue
      }
      if (failures > 0) throw new Error(`${failures} requests to ${title} failed, so the measurement is void`)
      if (noise !== undefined) this.#noisy++
      return measurement
    }
  }
}
