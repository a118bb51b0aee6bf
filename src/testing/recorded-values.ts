import type { Area } from '../expressions/area.ts'
import type { Locator } from '../operations/locator.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'

interface Placed {
  readonly color: string
  readonly locator: Locator
}

/** Places a value in another, which is made where it is not there; of a list each element has its own. */
function place(into: unknown, [step, ...rest]: Area, value: unknown): unknown {
  if (step === undefined) return merge(into, value)
  if (step === null) {
    if (!Array.isArray(value)) return into
    const list = Array.isArray(into) ? into : []
    return value.map((element, index) => place(list[index], rest, element))
  }
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(into) ? [...into] : []
    const at = Math.max(0, step)
    while (list.length <= at) list.push(null)
    list[at] = place(list[at] ?? undefined, rest, value)
    return list
  }
  const owner = typeof into === 'object' && into !== null && !Array.isArray(into) ? into : {}
  return { ...owner, [step]: place((owner as Record<string, unknown>)[step], rest, value) }
}

function merge(before: unknown, value: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return value.map((element, at) => merge(before[at], element))
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!isObject(before) || !isObject(value)) return value
  const merged: Record<string, unknown> = { ...before }
  for (const [name, member] of Object.entries(value)) merged[name] = merge(merged[name], member)
  return merged
}

/** An answer's body that gives these colors. */
export function fillBody(values: Readonly<Record<string, unknown>>, outputs: readonly Placed[]): unknown {
  let body: unknown
  for (const { color, locator } of outputs)
    if (locator.in === 'body' && values[color] !== undefined) body = place(body, locator.path.reach.area, values[color])
  return body
}

/** A request that gives these inputs of a route. */
export function placeInputs(
  values: Readonly<Record<string, unknown>>,
  { bound: { inputs, match, access } }: AggregatedRoute,
  method: string,
): object {
  const params: Record<string, string> = {}
  const query: Record<string, unknown> = {}
  const headers: Record<string, string> = {}
  const cookies: Record<string, string> = {}
  let body: unknown
  let claims: unknown
  for (const { color, locator } of inputs) {
    const value = values[color]
    if (value === undefined) continue
    if (locator.in === 'path') params[locator.name] = textOf(value)
    else if (locator.in === 'query')
      query[locator.name] = Array.isArray(value)
        ? locator.separator === undefined
          ? value.map(textOf)
          : value.map(textOf).join(locator.separator)
        : textOf(value)
    else if (locator.in === 'queries') Object.assign(query, value)
    else if (locator.in === 'header') headers[locator.name] = textOf(value)
    else if (locator.in === 'cookie') cookies[locator.name] = textOf(value)
    else if (locator.in === 'body') body = place(body, locator.path.reach.area, value)
    else if (locator.in === 'claims') claims = place(claims, locator.path.reach.area, value)
  }
  const path = match.segments
    .map((segment) => (segment.kind === 'literal' ? segment.text : encodeURIComponent(params[segment.name] ?? '')))
    .join('/')
  const isThere = (one: object) => Object.keys(one).length > 0
  const [scheme] = access?.schemes ?? []
  return {
    ...(match.method !== method && { method }),
    path: `/${path}`,
    ...(isThere(query) && { query }),
    ...(isThere(headers) && { headers }),
    ...(isThere(cookies) && { cookies }),
    ...(body !== undefined && { body }),
    ...(scheme &&
      (claims !== undefined || !access?.optional) && { auth: { scheme: scheme.name, claims: claims ?? {} } }),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Where in a recorded value something was masked: `user.id`, `$.list[0].name`. */
export function findHidden(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return /\bpii:[0-9a-f]{16}\b/.test(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  if (!Array.isArray(value) && 'unshown' in value && 'bytes' in value) return [path]
  return Object.entries(value).flatMap(([name, member]) =>
    findHidden(member, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`),
  )
}
