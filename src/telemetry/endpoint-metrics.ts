import type { Scalar, ScalarFamily } from './families.ts'

interface EndpointFamilies {
  readonly states: ScalarFamily
  readonly ejections: ScalarFamily
  readonly failovers: ScalarFamily
}

/** The endpoints of one service. */
export class EndpointMetrics {
  readonly #families: EndpointFamilies
  readonly #service: string

  constructor(families: EndpointFamilies, service: string) {
    this.#families = families
    this.#service = service
    for (const counter of [families.ejections, families.failovers]) counter.bind(service)
  }

  setStates(counts: Readonly<Record<string, number>>): void {
    for (const state in counts) this.#families.states.bind(this.#service, state).value = counts[state]!
  }

  countEjection(): void {
    this.#families.ejections.bind(this.#service).value++
  }

  countFailover(): void {
    this.#families.failovers.bind(this.#service).value++
  }
}

/** One place where endpoints are looked up. */
export class DiscoveryMetrics {
  readonly #isUp: Scalar

  constructor(family: ScalarFamily, source: string) {
    this.#isUp = family.bind(source)
  }

  set(isUp: boolean): void {
    this.#isUp.value = isUp ? 1 : 0
  }
}
