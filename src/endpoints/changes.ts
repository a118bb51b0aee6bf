import type { Notice, Notify } from '../telemetry/notice.ts'
import type { Endpoint } from './endpoint.ts'

/** Endpoints of a list that are told at most. */
const mostTold = 20

/** What operators are told of the endpoints of a service: a line for each change of state. */
export class EndpointChanges {
  readonly #service: string
  readonly #notify: Notify

  constructor(service: string, notify: Notify) {
    this.#service = service
    this.#notify = notify
  }

  ejected({ url }: Endpoint, restMs: number): void {
    const end = restMs === Number.POSITIVE_INFINITY ? 'until it is healthy again' : `for ${Math.round(restMs)} ms`
    this.#tell('warn', `an endpoint was ejected after too many failures ${end}`, { endpoint: url })
  }

  back({ url }: Endpoint): void {
    this.#tell('info', 'an endpoint is back after its ejection', { endpoint: url })
  }

  health({ url }: Endpoint, isWell: boolean): void {
    const message = isWell ? 'an endpoint is healthy again' : 'an endpoint fails its health checks'
    this.#tell(isWell ? 'info' : 'warn', message, { endpoint: url })
  }

  panic(isPanicking: boolean): void {
    if (isPanicking) this.#tell('warn', 'too few healthy endpoints: sending calls to all of them')
    else this.#tell('info', 'enough endpoints are healthy again')
  }

  list(before: readonly Endpoint[], after: readonly Endpoint[]): void {
    const names = (some: readonly Endpoint[], others: readonly Endpoint[]) =>
      some
        .filter((endpoint) => !others.includes(endpoint))
        .slice(0, mostTold)
        .map(nameOf)
    const added = names(after, before)
    const removed = names(before, after)
    if (added.length === 0 && removed.length === 0) return
    this.#tell('info', 'the endpoints of a service changed', {
      ...(added.length > 0 && { added }),
      ...(removed.length > 0 && { removed }),
    })
  }

  #tell(level: Notice['level'], message: string, about: Partial<Notice> = {}): void {
    this.#notify({ level, subject: this.#service, message, ...about })
  }
}

/** `http://reco:9004 (10.0.0.7)` */
function nameOf({ url, address }: Endpoint): string {
  return new URL(url).hostname === address ? url : `${url} (${address})`
}
