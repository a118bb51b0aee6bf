import type { BoundTemplate } from '../binding/bind.ts'
import type { Read, Reference } from '../binding/reference.ts'
import { suspect } from '../binding/too-much-work.ts'
import { type Origin, UnfitValue } from '../binding/unfit-value.ts'
import type { CallRequest } from '../calls/call.ts'
import { GatewayError } from '../errors.ts'
import { compileBuilder } from '../expressions/builder.ts'
import type { Document } from '../expressions/document.ts'
import { compilePath, type Path } from '../expressions/path.ts'
import { enter, spendOnPrinting, workOf } from '../expressions/work.ts'
import { Unwritable, type Written } from '../formats/format.ts'
import { cookieValue } from '../header-fields.ts'
import { isUnsafePath } from '../path-safety.ts'
import type { BoundOperation, OperationInput } from './bound-operation.ts'
import { headerText } from './header-text.ts'
import type { Locator } from './locator.ts'
import { compileOverlay } from './overlay.ts'
import { encodeLiteral, encodeSegment, hasSharedSegment, textOf, unfitForPath } from './path-template.ts'
import { compileQueryObject, compileQueryParameter } from './query.ts'

type Reader = (document: Document) => unknown

/** Reads a color from the context. */
export function compileColorReader(color: string): Reader {
  return (compilePath(`$.${color}`) as Path).evaluate
}

type Render = (document: Document) => CallRequest

/** What calls without a `with` share: a thousand routes may call one operation. */
const rendersOf = new WeakMap<BoundOperation, Render>()

/**
 * Compiles how an operation's request is rendered from the context. `overrides` are an invoke's `with`: for these
 * colors its templates stand in place of the wiring.
 *
 * The closure throws `missing-input` when a required color is absent, `UnfitValue` when a value cannot stand where it
 * goes (a dot segment in a path, an object in a query).
 */
export function compileRequest(operation: BoundOperation, overrides: ReadonlyMap<string, BoundTemplate>): Render {
  if (overrides.size > 0) return compileRender(operation, overrides)
  const render = rendersOf.get(operation) ?? compileRender(operation, overrides)
  rendersOf.set(operation, render)
  return render
}

function compileRender(operation: BoundOperation, overrides: ReadonlyMap<string, BoundTemplate>): Render {
  const overlay = compileOverlay(new Map([...overrides].map(([color, { evaluate }]) => [color, evaluate])))
  const wiring: Wiring = {
    reader: (input) => demand(input, compileColorReader(input.color), operation),
    origin: (name, reads) => ({ name, references: reads.flatMap(({ reference }) => resolve(reference)) }),
  }
  const resolve = (reference: Reference): readonly Reference[] => {
    const override = reference.kind === 'color' ? overrides.get(reference.color) : undefined
    return override ? override.reads.map((read) => read.reference) : [reference]
  }
  const placed = (where: string) => operation.inputs.filter((input) => input.locator.in === where)
  const renderPath = compileRenderPath(operation, wiring)
  const headers = compileHeaders(operation, wiring)
  const bodyParts = [
    ...operation.fixed.map(({ path, value }) => ({ path, read: () => value })),
    ...placed('body').map((input) => ({ path: (input.locator as { path: Path }).path, read: wiring.reader(input) })),
  ]
  const builder = bodyParts.length > 0 ? compileBuilder(bodyParts) : undefined
  const readBody = operation.body?.evaluate ?? (typeof builder === 'function' ? builder : undefined)
  const { method } = operation
  const write = compileWriter(operation, wiring)
  const reads = [
    ...operation.reads,
    ...operation.inputs.map(({ color }) => ({ reference: { kind: 'color', color, rest: [] } as const })),
  ]

  const render: Render = (document) => {
    const value = readBody?.(document)
    enter(document[workOf])
    if (value !== undefined) spendOnPrinting(value)
    const written = value === undefined ? undefined : write(value)
    return {
      method,
      path: renderPath(document),
      headers: headers(document, written?.contentType),
      body: written?.bytes,
    }
  }
  return (context) => {
    const document = overlay(context)
    try {
      return render(document)
    } catch (thrown) {
      throw suspect(thrown, reads, document)
    }
  }
}

/** Writes a body in the operation's format. */
function compileWriter({ encoding, body, inputs }: BoundOperation, wiring: Wiring): (value: unknown) => Written {
  const encode = encoding.encode!
  const placed = inputs.filter(({ locator }) => locator.in === 'body').map((input) => originOf(input, wiring))
  const origins = body ? [wiring.origin('the body', body.reads)] : placed
  return (value) => {
    try {
      return encode(value)
    } catch (thrown) {
      throw thrown instanceof Unwritable ? new UnfitValue(thrown.message, origins) : thrown
    }
  }
}

/** Guards a required input: absent is `missing-input` (null too, where only text can go). */
function demand(input: OperationInput, read: Reader, operation: BoundOperation): Reader {
  if (input.optional) return read
  const nullIsAbsent = input.locator.in !== 'body'
  return (document) => {
    const value = read(document)
    if (value === undefined || (nullIsAbsent && value === null)) {
      throw new GatewayError('missing-input', {
        detail: `${operation.service.name}.${operation.name} needs ${input.color}, which is absent`,
      })
    }
    return value
  }
}

/** How a call gets at what it places. */
interface Wiring {
  reader(input: OperationInput): Reader
  origin(name: string, reads: readonly Pick<Read, 'reference'>[]): Origin
}

function originOf({ color }: OperationInput, { origin }: Wiring): Origin {
  return origin(color, [{ reference: { kind: 'color', color, rest: [] } }])
}

function compileRenderPath(operation: BoundOperation, wiring: Wiring): (document: Document) => string {
  const inputs = operation.inputs
  const pieces = operation.path.parts.map((part) => {
    if ('literal' in part) return encodeLiteral(part.literal)
    const input = inputs.find(({ locator }) => locator.in === 'path' && locator.name === part.placeholder)
    if (!input) return ''
    // A path has no way to leave a segment out.
    const read = wiring.reader({ ...input, optional: false })
    const origin = originOf(input, wiring)
    return (document: Document) => encodeSegment(read(document), origin)
  })
  const isShared = hasSharedSegment(operation.path)
  const placed = inputs.filter(({ locator }) => locator.in === 'path').map((input) => originOf(input, wiring))
  const placeQuery = (input: OperationInput) => {
    const locator = input.locator as Locator & { in: 'query' }
    return compileQueryParameter(wiring.reader(input), locator, input.optional, originOf(input, wiring))
  }
  const literalQuery = encodeLiteral(operation.path.query)
  const query = inputs.filter((input) => input.locator.in === 'query').map(placeQuery)
  const all = inputs.find((input) => input.locator.in === 'queries')
  if (all) query.push(compileQueryObject(wiring.reader(all), namesInQuery(operation), originOf(all, wiring)))

  return (document) => {
    let path = ''
    for (const piece of pieces) path += typeof piece === 'string' ? piece : piece(document)
    if (isShared && isUnsafePath(path)) throw unfitForPath(placed)
    let search = literalQuery
    for (const render of query) {
      const parameter = render(document)
      if (parameter !== '') search += search === '' ? parameter : `&${parameter}`
    }
    return search === '' ? path : `${path}?${search}`
  }
}

/** The parameters that a file names, in the path or by a locator. */
function namesInQuery({ path, inputs }: BoundOperation): ReadonlySet<string> {
  const placed = inputs.flatMap(({ locator }) => (locator.in === 'query' ? [locator.name] : []))
  return new Set([...new URLSearchParams(path.query).keys(), ...placed])
}

function compileHeaders(
  operation: BoundOperation,
  wiring: Wiring,
): (document: Document, contentType: string | undefined) => Record<string, string> {
  const fromColors = operation.inputs.filter((input) => input.locator.in === 'header').map(placed)
  const fromTemplates = operation.headers.map(({ name, value }) => ({
    name,
    read: value.evaluate,
    origin: wiring.origin(`the header ${name}`, value.reads),
  }))
  const all = [...fromTemplates, ...fromColors]
  const cookies = operation.inputs.filter((input) => input.locator.in === 'cookie').map(placed)

  function placed(input: OperationInput) {
    const { name } = input.locator as { name: string }
    return { name, read: wiring.reader(input), origin: originOf(input, wiring) }
  }

  return (document, contentType) => {
    const headers: Record<string, string> = {}
    if (contentType !== undefined) headers['content-type'] = contentType
    for (const { name, read, origin } of all) {
      if (name === 'content-type' && contentType === undefined) continue
      const text = headerText(read(document), origin)
      if (text !== undefined) headers[name] = text
    }
    for (const { name, read, origin } of cookies) {
      const value = read(document)
      if (value === undefined || value === null) continue
      const cookie = `${name}=${cookieValue(textOf(value, origin))}`
      headers['cookie'] = headers['cookie'] === undefined ? cookie : `${headers['cookie']}; ${cookie}`
    }
    return headers
  }
}
