import type { IncomingMessage } from 'node:http'
import type { GatewayError } from '../../errors.ts'
import { hashContent } from '../../plan/hash.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import { refuse } from '../../run/refusals.ts'

/** Where a request has been: replicas of a gateway are one place, gateways of other files are others. */
export class Loops {
  /** What this gateway is called in `CDN-Loop` (RFC 8586) and `Via`: of its configuration, of which it tells nothing. */
  readonly id: string

  constructor({ version }: Pick<Snapshot, 'version'>) {
    this.id = `tessera-${hashContent('loops', version)}`
  }

  /** Refuses a request that has been here: each of its rounds would be as many requests as its route makes calls. */
  check({ headers }: IncomingMessage): GatewayError | undefined {
    const { via } = headers
    const loop = headers['cdn-loop']
    if (via === undefined && loop === undefined) return undefined
    if (via?.includes(this.id) || String(loop ?? '').includes(this.id)) return refuse('loop-detected')
    const passed = placesIn(loop)?.length ?? 0
    return passed > mostPlaces ? refuse('loop-detected', `it came by ${passed} gateways`) : undefined
  }

  /** What calls of a request say of where it has been: of all that came with it the names of gateways like this one alone. */
  carriedOn({ headers }: IncomingMessage): string {
    const passed = headers['cdn-loop'] === undefined ? undefined : placesIn(headers['cdn-loop'])
    return passed ? `${passed.join(', ')}, ${this.id}` : this.id
  }
}

/** No honest chain of gateways is longer. */
const mostPlaces = 16
const place = /\btessera-[0-9a-f]{12}\b/g

function placesIn(loop: string | readonly string[] | undefined): RegExpMatchArray | null {
  return String(loop ?? '').match(place)
}
