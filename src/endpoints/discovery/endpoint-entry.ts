import { didYouMean } from '../../diagnostics/suggest.ts'
import type { EndpointTarget } from '../endpoint-target.ts'

/** An endpoint as a registry or a file may tell of it; nothing of it is checked yet. */
export interface EndpointEntry {
  readonly url?: unknown
  readonly weight?: unknown
  readonly zone?: unknown
}

const entryKeys = ['url', 'weight', 'zone', 'address']
export const mostWeight = 1000

/** An endpoint from a URL or `{ url, weight, zone }`, one of weight 0 takes no calls; else why it cannot be used. */
export function readEntry(entry: unknown): EndpointTarget | string {
  const given = typeof entry === 'string' ? { url: entry } : entry
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'it is neither a URL nor a mapping'
  const unknown = Object.keys(given).find((key) => !entryKeys.includes(key))
  if (unknown !== undefined)
    return [`\`${unknown}\` is no key of an endpoint`, didYouMean(unknown, entryKeys)].filter(Boolean).join(', ')
  const { url, weight, zone }: EndpointEntry = given
  if (typeof url !== 'string' || !isEndpointUrl(url)) return 'its `url` is no http or https origin, maybe with a path'
  if (weight !== undefined && !isWeight(weight)) return `its \`weight\` is no whole number from 0 to ${mostWeight}`
  if (zone !== undefined && zone !== null && typeof zone !== 'string') return 'its `zone` is no text'
  return { url, weight: weight ?? 1, zone: zone || undefined }
}

function isWeight(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostWeight
}

/** The endpoints of a registry; what is none is passed over, and told by its name there. */
export function readEntries(entries: Iterable<readonly [name: string, entry: unknown]>): FoundEntries {
  const endpoints: EndpointTarget[] = []
  const passedOver: string[] = []
  for (const [name, entry] of entries) {
    const found = readEntry(entry)
    if (typeof found === 'string') passedOver.push(`${name}: ${found}`)
    else endpoints.push(found)
  }
  return { endpoints, passedOver }
}

export interface FoundEntries {
  readonly endpoints: readonly EndpointTarget[]
  readonly passedOver: readonly string[]
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
