import type { Read } from '../binding/reference.ts'
import type { BoundInput } from './inputs.ts'
import type { RequestParts } from './request-parts.ts'

const partNames = ['method', 'path', 'params', 'query', 'headers', 'cookies', 'body', 'claims', 'ip', 'id'] as const
type PartName = (typeof partNames)[number]

/** Whether a route sends the body on as it came. */
export function readsRaw(reads: readonly Read[]): boolean {
  return reads.some(({ reference }) => reference.kind === 'request' && reference.rest[0] === 'raw')
}

/** The parts of `request` that a route reads; the server never makes the others. */
export function requestPartsRead(reads: readonly Read[]): ReadonlySet<PartName> {
  const parts = new Set<PartName>()
  for (const { reference } of reads) {
    if (reference.kind === 'everything' || (reference.kind === 'request' && reference.rest.length === 0)) {
      for (const name of partNames) parts.add(name)
    } else if (reference.kind === 'request') {
      const name = partNames.find((known) => known === reference.rest[0])
      if (name) parts.add(name)
    }
  }
  return parts
}

/** Whether answering a request needs its body. */
export function readsBody(parts: ReadonlySet<PartName>, inputs: readonly BoundInput[]): boolean {
  return parts.has('body') || inputs.some((input) => input.locator.in === 'body')
}

/** Compiles the context's `request` member with only the parts that are read. */
export function compileRequestView(parts: ReadonlySet<PartName>): (request: RequestParts) => Record<string, unknown> {
  const names = partNames.filter((name) => parts.has(name))
  return (request) => {
    const view: Record<string, unknown> = {}
    for (const name of names) {
      const value = request[name]
      if (value !== undefined) view[name] = value
    }
    // Whoever takes the whole request does not take it along.
    if (request.raw) Object.defineProperty(view, 'raw', { value: request.raw })
    return view
  }
}
