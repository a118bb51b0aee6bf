import { metered, suspect } from '../binding/too-much-work.ts'
import type { Document } from '../expressions/document.ts'
import { compileTemplate } from '../expressions/template.ts'
import { enter, spendOnPrinting, workOf } from '../expressions/work.ts'
import { printJson } from '../json-text.ts'
import { compileHeaders } from '../steps/response.ts'
import type { BoundRoute } from './bound-route.ts'
import type { ByteAnswer } from './bytes/choose.ts'
import { convertTemplate } from './bytes/convert.ts'
import { compileByteBody } from './bytes/fill.ts'
import { type PageMember, type PageProgress, pathOfMember } from './progress.ts'

/** What a client accepts who gets a page in parts: the first where it likes both as much. */
export const partsMediaTypes = { events: 'text/event-stream', lines: 'application/jsonl' } as const

/** A page that goes out in parts, compiled. Steps are known by identity alone. */
export interface ProgressivePage {
  readonly members: readonly ProgressiveMember[]
  /** How many steps have to succeed before the head can go out, and before each member. */
  readonly missing: readonly number[]
  /** What waits for each of these steps: 0 is the head, 1 the first member. */
  readonly waiting: ReadonlyMap<object, readonly number[]>
  /** Gives status and headers. */
  readonly fillHead: (document: Document) => {
    readonly status: number
    readonly headers: Readonly<Record<string, unknown>>
  }
}

export interface ProgressiveMember {
  /** A JSON Pointer (RFC 6901). */
  readonly path: string
  /** Its JSON text, which is the caller's to change; undefined where the page would not have it. */
  readonly print: (document: Document) => Buffer | undefined
}

export function compileProgressive(
  { response }: BoundRoute,
  { head, members }: PageProgress,
  bytes: ByteAnswer | undefined,
): ProgressivePage {
  const { status } = response!
  const fillHeaders = compileHeaders(response!)
  const waiting = new Map<object, number[]>()
  const awaited = [head, ...members.map(({ after }) => after)]
  for (const [index, after] of awaited.entries())
    for (const step of after) waiting.set(step, [...(waiting.get(step) ?? []), index])
  return {
    missing: awaited.map(({ length }) => length),
    waiting,
    fillHead: (document) => ({ headers: fillHeaders(document), status: status.fixed ?? status.evaluate(document) }),
    members: members.map((member) => ({
      path: pathOfMember(member.name),
      print: compileMember(member, bytes),
    })),
  }
}

/** A member is printed by what would print it in the whole page. */
function compileMember({ template, reads }: PageMember, bytes: ByteAnswer | undefined): ProgressiveMember['print'] {
  const evaluate = metered(compileTemplate(template), reads)
  const write = bytes && metered(compileByteBody(convertTemplate(template, bytes.places)), reads)
  return (document) => {
    const written = write?.(document)
    if (written) return written
    const value = evaluate(document)
    if (value === undefined) return undefined
    enter(document[workOf])
    try {
      spendOnPrinting(value)
    } catch (thrown) {
      throw suspect(thrown, reads, document)
    }
    const text = printJson(value) as string | undefined
    return text === undefined ? undefined : Buffer.from(text)
  }
}
