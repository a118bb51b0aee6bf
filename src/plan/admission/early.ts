import type { Language } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { createNamespaces } from '../../expressions/color.ts'
import type { Document } from '../../expressions/document.ts'
import { type WorkBudget, workOf } from '../../expressions/work.ts'
import { type BoundInput, compileInputReader } from '../inputs.ts'
import type { RequestParts } from '../request-parts.ts'
import { bindKeyPart, ownedBy, readClaim, requestPart } from './key.ts'

export type EarlyReader = (request: RequestParts) => unknown

const nothing: EarlyReader = () => undefined

type TellLate = (message: string, at: Location, help: string) => void

const tellHere =
  ({ diagnostics }: Language): TellLate =>
  (message, at, help) =>
    diagnostics.add('late-key', message, at, help)

/** Finds what of the request is there before the route runs and before its body is read. */
export class EarlyReads {
  readonly #inputs: readonly BoundInput[]
  readonly #language: Language
  readonly #tell: TellLate

  /** @param tell says what is not there yet; where it is read unless told otherwise */
  constructor(inputs: readonly BoundInput[], language: Language, tell: TellLate = tellHere(language)) {
    this.#inputs = inputs
    this.#language = language
    this.#tell = tell
  }

  /** What is known of who asks, whoever says it. */
  claim(text: string, at: Location): EarlyReader {
    const part = bindKeyPart(text, at, this.#language)
    if (part?.kind !== 'identity') return nothing
    const { root, name } = part
    return ({ identity }) => identity && readClaim(identity[root], name)
  }

  /** What clients are told apart by. */
  key(text: string, at: Location): EarlyReader {
    const part = bindKeyPart(text, at, this.#language)
    if (!part) return nothing
    if (part.kind === 'identity') {
      const { root, name } = part
      return ({ identity }) => identity && ownedBy(identity.owner, readClaim(identity[root], name))
    }
    if (part.kind === 'request') return (request) => requestPart(request, part.part, part.name)
    const input = this.#inputs.find(({ color }) => color === part.color)
    const read = this.#readColor(part.color, at) ?? nothing
    if (input?.locator.in !== 'claims' && input?.locator.in !== 'auth') return read
    return (request) => ownedBy(request.identity?.owner, read(request))
  }

  /** Makes the context of something that is asked before the route runs: the parts, claims and inputs that it reads. */
  view(reads: readonly Read[], at: Location): (request: RequestParts, work?: WorkBudget) => Document {
    const parts = new Set<keyof RequestParts>()
    const colors = new Map<string, EarlyReader>()
    let hasClaims = false
    for (const { reference } of reads) {
      if (reference.kind === 'color') {
        const read = this.#readColor(reference.color, at)
        if (read) colors.set(reference.color, read)
      } else if (reference.kind === 'request' && reference.rest[0] !== undefined && !late.has(reference.rest[0])) {
        const [part] = reference.rest
        if (part === 'claims' || part === 'auth') hasClaims = true
        else parts.add(part as keyof RequestParts)
      } else if (reference.kind !== 'outside') this.#refuse('what it reads', at)
    }
    return compileView(parts, colors, hasClaims)
  }

  #readColor(color: string, at: Location): EarlyReader | undefined {
    const input = this.#inputs.find((candidate) => candidate.color === color)
    if (input && input.locator.in !== 'body') return compileInputReader(input)
    this.#refuse(`\`${color}\``, at, input !== undefined)
    return undefined
  }

  #refuse(what: string, at: Location, isInBody = false): void {
    const message = isInBody
      ? `${what} stands in the body, which is not read yet when requests are let in`
      : `${what} is not there yet when requests are let in`
    this.#tell(message, at, 'use a part of the request, or an input of the route')
  }
}

const late: ReadonlySet<unknown> = new Set(['body', 'raw'])

function compileView(
  parts: ReadonlySet<keyof RequestParts>,
  colors: ReadonlyMap<string, EarlyReader>,
  hasClaims: boolean,
): (request: RequestParts, work?: WorkBudget) => Document {
  const nameColors = createNamespaces(colors.keys())
  const writers = [...colors].map(([color, read]) => {
    const segments = color.split('.')
    const leaf = segments.pop()!
    return (document: Document, request: RequestParts) => {
      const value = read(request)
      if (value === undefined) return
      const owner = segments.reduce<Record<string, unknown>>((at, name) => at[name] as typeof at, document)
      owner[leaf] = value
    }
  })
  return (request, work) => {
    const view: Record<string, unknown> = {}
    for (const part of parts) view[part] = request[part]
    const document: Document = { request: view, steps: {}, [workOf]: work }
    const { identity } = request
    if (hasClaims && identity) {
      view['claims'] = identity.claims
      document.claims = identity.claims
      document.auth = identity.auth
    }
    nameColors(document)
    for (const write of writers) write(document, request)
    return document
  }
}
