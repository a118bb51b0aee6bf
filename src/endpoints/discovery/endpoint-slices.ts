import type { EndpointTarget } from '../endpoint-target.ts'
import { bracket, readEntry } from './endpoint-entry.ts'

/** What we read of a `discovery.k8s.io/v1` EndpointSlice. */
export interface EndpointSlice {
  readonly metadata?: { readonly name?: unknown; readonly resourceVersion?: unknown }
  readonly addressType?: unknown
  readonly endpoints?: readonly SliceEndpoint[] | null
  readonly ports?: readonly { readonly name?: unknown; readonly port?: unknown }[] | null
}

interface SliceEndpoint {
  readonly addresses?: readonly unknown[]
  readonly conditions?: { readonly ready?: unknown }
  readonly zone?: unknown
}

export interface SliceReading {
  /** Name or number of one of the service's ports; undefined: the only one. */
  readonly port: string | number | undefined
  readonly scheme: 'http' | 'https'
}

/** The endpoints of all slices; one that two of them name, as happens while they are changed, is one. */
export function readSlices(slices: Iterable<EndpointSlice>, reading: SliceReading): EndpointTarget[] {
  const found = new Map<string, EndpointTarget>()
  for (const slice of slices) {
    const port = findPort(slice, reading.port)
    if (port === undefined || slice.addressType === 'FQDN') continue
    for (const { addresses = [], conditions, zone } of slice.endpoints ?? []) {
      // Unknown is ready (the API's own rule).
      if (conditions?.ready === false) continue
      // All addresses of an endpoint lead to the same pod: the first one is enough.
      const entry = readEntry({ url: `${reading.scheme}://${bracket(String(addresses[0]))}:${port}`, zone })
      if (typeof entry !== 'string') found.set(entry.url, entry)
    }
  }
  return [...found.values()].sort((one, other) => (one.url < other.url ? -1 : 1))
}

function findPort({ ports }: EndpointSlice, wanted: string | number | undefined): number | undefined {
  const all = ports ?? []
  const found = wanted === undefined ? all[0] : all.find(({ name, port }) => name === wanted || port === wanted)
  return typeof found?.port === 'number' ? found.port : undefined
}
