import type { CapturedCall } from '../../calls/capture.ts'
import { createNamespaces } from '../../expressions/color.ts'
import type { Document } from '../../expressions/document.ts'
import { sliceOf } from '../../json/slice.ts'
import { parseJson, printJson } from '../../json-text.ts'
import { maskQuery } from '../../redaction.ts'
import { describeUnshown, type Mask, maskValue } from '../masking/mask.ts'
import type { CallMasks, ColorMasks } from '../masking/route-masks.ts'
import type { SensitiveTexts, Tokens } from '../masking/tokens.ts'
import type { RecordedCall } from '../recording.ts'

/** What values are written down by. */
export interface Writing {
  readonly tokens: Tokens
  readonly sensitive: SensitiveTexts
  /** With `bodies: all`. */
  readonly bodies: boolean
  /** What values of this recording may still take. */
  bytesLeft: number
}

/** What of one value is kept, at most. */
const mostBytes = 64 * 1024
/** What of all values of one recording is kept, at most. */
export const mostBytesOfAll = 4 * 1024 * 1024

/** A call as it is kept. Of one that no plan knows, as what schemes ask, sizes alone. */
export function writeCall(
  { site, request, context, response }: CapturedCall,
  masks: CallMasks | undefined,
  writing: Writing,
): RecordedCall {
  const { method, path, headers, body } = request
  const size = body === undefined ? 0 : Buffer.byteLength(body)
  const shownBody = masks && writeBody(body, headers['content-type'], masks.body, writing)
  const template = site.template.slice(site.template.indexOf(' ') + 1)
  return {
    service: site.service.name,
    operation: site.operation,
    template: site.template,
    inputs: masks ? writeColors(context.document, masks.inputs, writing) : {},
    request: {
      method,
      path: masks?.showsPath ? path : template.split('?', 1)[0]! + maskQuery(path),
      headers: masks ? writeHeaders(headers, masks.headers, writing) : {},
      bytes: size,
      ...(shownBody !== undefined && { body: shownBody }),
    },
    answer: response && {
      status: response.status,
      source: response.source,
      type: textOf(response.headers['content-type']),
      bytes: response.body?.received?.length ?? 0,
      version: response.version,
      values: masks ? valuesOf(response, masks, writing) : {},
      ...(writing.bodies && masks && response.body && { body: writeValue(response.body.value, masks.answer, writing) }),
    },
  }
}

function valuesOf(response: NonNullable<CapturedCall['response']>, masks: CallMasks, writing: Writing) {
  // What it gives is found as the route found it, in a context of its own.
  const given = { request: {}, steps: {} } as Document
  createNamespaces(masks.outputs.map(({ color }) => color))(given)
  masks.apply(given, response)
  return writeColors(given, masks.outputs, writing)
}

export function writeColors(
  document: Document,
  colors: readonly ColorMasks[],
  writing: Writing,
): Readonly<Record<string, unknown>> {
  const written: Record<string, unknown> = {}
  for (const { color, masks, read } of colors) {
    let value: unknown
    try {
      value = read(document)
    } catch {
      // What could not be read then cannot now.
    }
    const shown = writeValue(value, masks, writing)
    if (shown !== undefined) written[color] = shown
  }
  return written
}

/** A value, masked, and told by its size where it is too big. */
export function writeValue(value: unknown, masks: readonly Mask[], writing: Writing): unknown {
  if (value === undefined || typeof value === 'function') return undefined
  const size = sliceOf(value)?.bytes.length
  if (size !== undefined && size > mostBytes) return describeUnshown(value, size)
  noteSensitive(value, masks, writing)
  let shown: unknown
  let bytes: number
  try {
    shown = maskValue(value, masks, writing.tokens)
    bytes = size ?? Buffer.byteLength(printJson(shown) ?? '')
  } catch {
    // Files have no form in JSON.
    return describeUnshown(value, 0)
  }
  if (bytes > Math.min(mostBytes, writing.bytesLeft)) return describeUnshown(value, bytes)
  writing.bytesLeft -= bytes
  return shown
}

/** Remembers what was taken out, so that it is found wherever else it stands. */
function noteSensitive(value: unknown, masks: readonly Mask[], { sensitive, tokens }: Writing): void {
  for (const { area, keeping } of masks) {
    if (keeping === 'unnamed') continue
    const show = keeping === 'secret' ? () => '' : (text: string) => tokens.of(text)
    for (const found of valuesAt(value, area)) sensitive.add(found, show)
  }
}

function valuesAt(value: unknown, [step, ...rest]: Mask['area']): unknown[] {
  if (step === undefined) return [value]
  if (typeof value !== 'object' || value === null) return []
  if (step === null) return Object.values(value).flatMap((member) => valuesAt(member, rest))
  const member: unknown = Array.isArray(value) ? value.at(Number(step)) : (value as Record<string, unknown>)[step]
  return member === undefined ? [] : valuesAt(member, rest)
}

/** A body that is JSON is masked, of any other one that may hold anything only its size is told. */
export function writeBody(
  body: string | Uint8Array | undefined,
  type: string | undefined,
  masks: readonly Mask[] | undefined,
  writing: Writing,
): unknown {
  if (body === undefined) return undefined
  const size = Buffer.byteLength(body)
  const unshown = { unshown: type ?? 'body', bytes: size }
  if (!masks || size > mostBytes) return unshown
  const isJson = /\bjson\b/i.test(type ?? 'json')
  const isText = isJson || /^text\/|xml|csv|urlencoded/i.test(type ?? '')
  const text = isText ? (typeof body === 'string' ? body : Buffer.from(body).toString()) : undefined
  if (text === undefined) return unshown
  if (!isJson) return masks.length === 0 ? text : unshown
  try {
    return writeValue(parseJson(text), masks, writing)
  } catch {
    return unshown
  }
}

export function writeHeaders(
  headers: Readonly<Record<string, string | string[]>>,
  shown: ReadonlyMap<string, readonly Mask[]>,
  writing: Writing,
): Readonly<Record<string, unknown>> {
  const written: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(headers)) {
    const masks = shown.get(name)
    const text = masks && writeValue(value, masks, writing)
    if (text !== undefined) written[name] = text
  }
  return written
}

export function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

/** A short value as it stands in lists. */
export function shortOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : printJson(value)
  return text !== undefined && text.length <= 64 ? text : undefined
}
