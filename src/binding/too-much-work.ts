import { endsRequest, GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import { enter, workOf } from '../expressions/work.ts'
import { sliceOf } from '../json/slice.ts'
import type { Read, Reference } from './reference.ts'

/** What a piece of work was done on, and how much that is. */
export interface Suspect {
  readonly reference: Reference
  /** Values and, of long text, parts inside. */
  readonly size: number
}

/** A request that is more work than it may be, with what the work was done on: who gave the most of it is to blame. */
export class TooMuchWork extends GatewayError {
  readonly suspects: Suspect[] = []

  constructor(detail: string | undefined) {
    super('too-much-work', { detail })
  }
}

/** Makes what evaluates on a context spend of the work of its request. */
export function metered<Value>(
  evaluate: (document: Document) => Value,
  reads: readonly Read[],
): (document: Document) => Value {
  return (document) => {
    enter(document[workOf])
    try {
      return evaluate(document)
    } catch (thrown) {
      throw suspect(thrown, reads, document)
    }
  }
}

/** Notes in what was thrown, if it is too much work, what that was done on. */
export function suspect(thrown: unknown, reads: readonly Pick<Read, 'reference'>[], document: Document): unknown {
  if (!(thrown instanceof GatewayError && endsRequest(thrown))) return thrown
  const error = thrown instanceof TooMuchWork ? thrown : new TooMuchWork(thrown.detail)
  error.step ??= thrown.step
  for (const { reference } of reads) error.suspects.push({ reference, size: sizeOf(findValue(reference, document)) })
  return error
}

/** Notes that it was done on a value which is in no context. */
export function suspectValue(thrown: unknown, kind: 'request' | 'step', value: unknown): unknown {
  const error = suspect(thrown, [], { request: {}, steps: {} })
  const reference: Reference = kind === 'request' ? { kind, rest: [] } : { kind, id: undefined, rest: [] }
  if (error instanceof TooMuchWork) error.suspects.push({ reference, size: sizeOf(value) })
  return error
}

function findValue(reference: Reference, document: Document): unknown {
  switch (reference.kind) {
    case 'color':
      return walk(document, [...reference.color.split('.'), ...reference.rest])
    case 'colors':
      return reference.colors.map((color) => walk(document, color.split('.')))
    case 'request':
      return walk(document.request, reference.rest)
    case 'step':
      return walk(document.steps, reference.id === undefined ? [] : [reference.id, ...reference.rest])
    case 'local':
      return document[reference.name]
    case 'outside':
      return undefined
    case 'everything':
      return document
  }
}

function walk(from: unknown, path: readonly (string | number)[]): unknown {
  let value = from
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[segment]
  }
  return value
}

const mostCounted = 100_000
const textPerValue = 32

/** How many values there are inside one, counted as far as it matters. */
function sizeOf(value: unknown): number {
  const waiting = [value]
  let size = 0
  while (waiting.length > 0 && size + waiting.length < mostCounted) {
    const next = waiting.pop()
    const slice = sliceOf(next)
    if (slice) size += slice.entries
    else if (typeof next === 'string') size += 1 + Math.floor(next.length / textPerValue)
    else {
      size += 1
      if (typeof next === 'object' && next !== null && !ArrayBuffer.isView(next))
        for (const child of Object.values(next)) waiting.push(child)
    }
  }
  return size + waiting.length
}
