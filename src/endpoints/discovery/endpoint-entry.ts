import type { EndpointTarget } from '../endpoint-target.ts'

/** An endpoint as a registry or a file may tell of it; nothing of it is checked yet. */
export interface EndpointEntry {
  readonly url?: unknown
  readonly weight?: unknown
  readonly zone?: unknown
}

/** An endpoint from a URL or `{ url, weight, zone }`; undefined when it cannot be used. */
export function readEntry(entry: unknown): EndpointTarget | undefined {
  const {
    url,
    weight = 1,
    zone,
  }: EndpointEntry = typeof entry === 'string' ? { url: entry } : ((entry ?? {}) as EndpointEntry)
  if (typeof url !== 'string' || !isEndpointUrl(url)) return undefined
  const isWeight = typeof weight === 'number' && weight >= 1 && weight <= 1000
  return { url, weight: isWeight ? weight : 1, zone: typeof zone === 'string' && zone !== '' ? zone : undefined }
}

/** An http or https origin, maybe with a path. */
export function isEndpointUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  )
}

/** An IPv6 address as a URL has it. */
export function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
