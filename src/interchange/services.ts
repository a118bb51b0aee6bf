import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { DraftFile } from './draft.ts'
import { toName, UniqueNames } from './names.ts'
import { printDraft } from './print-draft.ts'
import { printDuration } from './template.ts'

/** An operation as a service's file has it. */
export type OperationDraft = Readonly<Record<string, unknown>>

/** A service that an import found, by where it runs. */
export interface ServiceDraft {
  readonly name: string
  readonly summary?: string | undefined
  readonly endpoints: readonly string[]
  readonly operations: Map<string, OperationDraft>
  /** The longest that one call of it may take. */
  timeoutMs: number
}

/** The services of an import: one for each set of endpoints. */
export class ServiceDrafts {
  readonly #byEndpoints = new Map<string, ServiceDraft>()
  readonly #names = new UniqueNames()

  /** The service that runs there; a new one is named after its host. */
  at(endpoints: readonly string[]): ServiceDraft {
    const key = endpoints.join(' ')
    const found = this.#byEndpoints.get(key)
    if (found) return found
    const name = this.#names.take(nameHost(endpoints[0]!), '-')
    const service: ServiceDraft = { name, endpoints, operations: new Map(), timeoutMs: 0 }
    this.#byEndpoints.set(key, service)
    return service
  }

  get all(): readonly ServiceDraft[] {
    return [...this.#byEndpoints.values()]
  }
}

/** Adds an operation under this name, or finds the one that is the same; gives its name. */
export function addOperation(service: ServiceDraft, wanted: string, operation: OperationDraft): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}${number}`
    const known = service.operations.get(name)
    if (known === undefined) service.operations.set(name, operation)
    if (known === undefined || isDeepStrictEqual(known, operation)) return name
  }
}

export function printService(service: ServiceDraft, header: readonly string[]): DraftFile {
  const { name, summary, endpoints, timeoutMs } = service
  const { headers, operations } = hoistHeaders(service.operations)
  const text = printDraft(
    {
      service: name,
      summary,
      endpoints,
      ...(timeoutMs > 0 && { timeout: printDuration(timeoutMs) }),
      ...(headers && { headers }),
      ...(operations.size > 0 && { operations: Object.fromEntries(operations) }),
    },
    {
      header,
      blocks: new Set(['endpoints', 'operations', ...operations.keys()]),
      spaced: new Set(['service', 'operations']),
    },
  )
  return { name, text }
}

/** Headers that every operation sends alike are the service's own. */
function hoistHeaders(operations: ReadonlyMap<string, OperationDraft>) {
  const [first] = [...operations.values()]
  const headers = first?.['headers']
  const isShared =
    headers &&
    operations.size > 1 &&
    [...operations.values()].every((one) => isDeepStrictEqual(one['headers'], headers))
  if (!isShared) return { headers: undefined, operations }
  const bare = [...operations].map(([name, { headers: _, ...rest }]) => [name, rest] as const)
  return { headers, operations: new Map(bare) }
}

/** `http://users.internal:8080` is `users`; an address has no better name than itself. */
function nameHost(endpoint: string): string {
  const { hostname, port } = new URL(endpoint)
  const host = hostname.replaceAll(/[[\]]/g, '')
  if (isIP(host) !== 0) return toName(`host-${host}${port === '' ? '' : `-${port}`}`, 'backend')
  if (host === 'localhost') return toName(`localhost${port === '' ? '' : `-${port}`}`, 'backend')
  const labels = host.split('.')
  const label = /^(www|api)$/.test(labels[0]!) && labels.length > 2 ? `${labels[1]}` : labels[0]!
  return toName(label, 'backend')
}
