import type { CallRequest } from '../backends/call.ts'
import { GatewayError } from '../errors.ts'
import { printJson } from '../json-text.ts'
import { suspect } from '../language/too-much-work.ts'
import { isUnsafePath } from '../path-safety.ts'
import { compileBuilder } from '../values/builder.ts'
import type { Document } from '../values/document.ts'
import { compilePath, type Path } from '../values/path.ts'
import { enter, spend, spendOnPrinting, workOf } from '../values/work.ts'
import type { BoundOperation, OperationInput } from './bound-operation.ts'
import { compileOverlay } from './overlay.ts'
import { encodeLiteral, encodeSegment, hasSharedSegment, textOf, unfitForPath } from './path-template.ts'

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
 * The closure throws `missing-input` when a required color is absent, `invalid-input` when a value cannot stand where
 * it goes (a dot segment in a path, an object in a query).
 */
export function compileRequest(operation: BoundOperation, overrides: ReadonlyMap<string, Reader>): Render {
  if (overrides.size > 0) return compileRender(operation, overrides)
  const render = rendersOf.get(operation) ?? compileRender(operation, overrides)
  rendersOf.set(operation, render)
  return render
}

function compileRender(operation: BoundOperation, overrides: ReadonlyMap<string, Reader>): Render {
  const overlay = compileOverlay(overrides)
  const reader = (input: OperationInput) => demand(input, compileColorReader(input.color), operation)
  const placed = (where: string) => operation.inputs.filter((input) => input.locator.in === where)
  const renderPath = compileRenderPath(operation, reader)
  const headers = compileHeaders(operation, reader)
  const bodyParts = placed('body').map((input) => ({
    path: (input.locator as { path: Path }).path,
    read: reader(input),
  }))
  const builder = bodyParts.length > 0 ? compileBuilder(bodyParts) : undefined
  const readBody = operation.body?.evaluate ?? (typeof builder === 'function' ? builder : undefined)
  const { method } = operation
  const reads = [
    ...operation.reads,
    ...operation.inputs.map(({ color }) => ({ reference: { kind: 'color', color, rest: [] } as const })),
  ]

  const render: Render = (document) => {
    const value = readBody?.(document)
    enter(document[workOf])
    if (value !== undefined) spendOnPrinting(value)
    return {
      method,
      path: renderPath(document),
      headers: headers(document, value !== undefined),
      body: value === undefined ? undefined : printJson(value),
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

type ReaderOf = (input: OperationInput) => Reader

function compileRenderPath(operation: BoundOperation, readerOf: ReaderOf): (document: Document) => string {
  const inputs = operation.inputs
  const pieces = operation.path.parts.map((part) => {
    if ('literal' in part) return encodeLiteral(part.literal)
    const input = inputs.find(({ locator }) => locator.in === 'path' && locator.name === part.placeholder)
    if (!input) return ''
    // A path has no way to leave a segment out.
    const read = readerOf({ ...input, optional: false })
    return (document: Document) => encodeSegment(read(document), input.color)
  })
  const isShared = hasSharedSegment(operation.path)
  const placed = inputs.filter(({ locator }) => locator.in === 'path').map(({ color }) => color)
  const literalQuery = encodeLiteral(operation.path.query)
  const query = inputs
    .filter((input) => input.locator.in === 'query')
    .map((input) => compileQuery(input, readerOf(input)))

  return (document) => {
    let path = ''
    for (const piece of pieces) path += typeof piece === 'string' ? piece : piece(document)
    if (isShared && isUnsafePath(path)) throw unfitForPath(placed.join(' with '))
    let search = literalQuery
    for (const render of query) {
      const parameter = render(document)
      if (parameter !== '') search += search === '' ? parameter : `&${parameter}`
    }
    return search === '' ? path : `${path}?${search}`
  }
}

function compileQuery({ locator, color }: OperationInput, read: Reader): (document: Document) => string {
  const { name, separator } = locator as { name: string; separator: string | undefined }
  const key = `${encodeURIComponent(name)}=`
  const between = separator?.replace(/[^,;:]/g, encodeURIComponent)
  const encode = (value: unknown) => encodeURIComponent(textOf(value, color))
  return (document) => {
    const value = read(document)
    if (value === undefined || value === null) return ''
    if (!Array.isArray(value)) return key + encode(value)
    spend(value.length)
    const elements = value.filter(isThere).map(encode)
    if (between !== undefined) return elements.length === 0 ? '' : key + elements.join(between)
    return elements.map((element) => key + element).join('&')
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function compileHeaders(
  operation: BoundOperation,
  readerOf: ReaderOf,
): (document: Document, hasBody: boolean) => Record<string, string> {
  const fromColors = operation.inputs
    .filter((input) => input.locator.in === 'header')
    .map((input) => ({ name: (input.locator as { name: string }).name, read: readerOf(input), what: input.color }))
  const fromTemplates = operation.headers.map(({ name, value }) => ({
    name,
    read: value.evaluate,
    what: `the header ${name}`,
  }))
  const all = [...fromTemplates, ...fromColors]
  const cookies = operation.inputs
    .filter((input) => input.locator.in === 'cookie')
    .map((input) => ({ name: (input.locator as { name: string }).name, read: readerOf(input), what: input.color }))

  return (document, hasBody) => {
    const headers: Record<string, string> = {}
    if (hasBody) headers['content-type'] = 'application/json'
    for (const { name, read, what } of all) {
      const value = read(document)
      if (value === undefined || value === null) continue
      if (Array.isArray(value)) spend(value.length)
      headers[name] = Array.isArray(value)
        ? value
            .filter(isThere)
            .map((element) => textOf(element, what))
            .join(', ')
        : textOf(value, what)
    }
    for (const { name, read, what } of cookies) {
      const value = read(document)
      if (value === undefined || value === null) continue
      const cookie = `${name}=${encodeURIComponent(textOf(value, what))}`
      headers['cookie'] = headers['cookie'] === undefined ? cookie : `${headers['cookie']}; ${cookie}`
    }
    return headers
  }
}
