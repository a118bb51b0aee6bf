import type { Language } from '../../language/color.ts'
import type { Read } from '../../language/reference.ts'
import { type BoundRoute, everyStep, producedColors } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/**
 * A color declared `secret` does not reach what the client is sent: not by itself, not through a color that is
 * assigned from it, not in the recorded body of a call that gives it, not as part of the whole context.
 */
export const secretsStayInside: RouteCheck = (route, language) => {
  const secret = findTainted(route, language)
  if (secret.colors.size === 0) return
  const check = (reads: readonly Read[]) => {
    for (const read of reads) {
      const via = secretBehind(read, secret)
      if (via)
        language.diagnostics.add('secret-in-response', `\`${via}\` is secret and would be sent to the client`, read.at)
    }
  }
  check(route.response?.reads ?? [])
  for (const step of everyStep(route.body)) {
    if (step.response) check(step.response.reads)
    else if (step.ends) check(step.reads ?? [])
  }
}

interface Tainted {
  /** Color → the secret it holds. */
  readonly colors: Map<string, string>
  /** Call → the secret in its response. */
  readonly calls: Map<string, string>
  /** `header.x-token` … of the request → the secret that it brings. */
  readonly requestParts: Map<string, string>
}

function findTainted(route: BoundRoute, { colors }: Language): Tainted {
  const tainted: Tainted = { colors: new Map(), calls: new Map(), requestParts: new Map() }
  for (const name of producedColors(route)) {
    if (colors.get(name)?.sensitivity === 'secret') tainted.colors.set(name, name)
  }
  for (const { color, locator } of route.inputs) {
    const via = tainted.colors.get(color)
    if (via && 'name' in locator) tainted.requestParts.set(`${locator.in}.${locator.name}`, via)
  }
  // Until nothing new is found: a secret may pass through several colors.
  for (let size = -1; size !== tainted.colors.size + tainted.calls.size; ) {
    size = tainted.colors.size + tainted.calls.size
    for (const step of everyStep(route.body)) {
      if (step.call) {
        const given = step.call.operation.outputs.find((output) => tainted.colors.has(output.color))
        if (given) tainted.calls.set(step.name, tainted.colors.get(given.color)!)
        continue
      }
      for (const { color, reads } of step.derives ?? []) {
        const via = reads.map((read) => secretBehind(read, tainted)).find((found) => found !== undefined)
        if (via && !tainted.colors.has(color)) tainted.colors.set(color, via)
      }
    }
  }
  return tainted
}

function secretBehind({ reference, demand }: Read, tainted: Tainted): string | undefined {
  if (demand === 'guarded') return undefined
  switch (reference.kind) {
    case 'color':
      return tainted.colors.get(reference.color)
    case 'colors':
      return reference.colors.map((color) => tainted.colors.get(color)).find((via) => via !== undefined)
    case 'step': {
      if (reference.id === undefined) return [...tainted.calls.values()][0]
      const part = reference.rest[0]
      return part === undefined || part === 'body' || part === 'headers' ? tainted.calls.get(reference.id) : undefined
    }
    case 'request':
      return requestSecret(reference.rest, tainted.requestParts)
    case 'everything':
      return [...tainted.colors.values()][0]
    default:
      return undefined
  }
}

const partNames: Record<string, string> = { headers: 'header', query: 'query', cookies: 'cookie', params: 'path' }

function requestSecret(
  [part, name]: readonly (string | number)[],
  secrets: ReadonlyMap<string, string>,
): string | undefined {
  if (part === undefined) return [...secrets.values()][0]
  const kind = partNames[part]
  if (kind === undefined) return undefined
  if (name !== undefined) return secrets.get(`${kind}.${name}`)
  return [...secrets].find(([place]) => place.startsWith(`${kind}.`))?.[1]
}
