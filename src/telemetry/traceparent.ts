import type { Propagation } from './span.ts'

/** A header as Node gives it: several of one name may come joined by commas or as an array. */
export type HeaderValue = string | readonly string[] | undefined

/** What a caller sent; Node's `request.headers` fits. */
export interface TraceHeaders {
  readonly traceparent?: HeaderValue
  readonly tracestate?: HeaderValue
  readonly baggage?: HeaderValue
}

export interface Traceparent {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** The caller's span: 16 lower-case hex digits, not all zero. */
  readonly parentId: string
  readonly flags: number
}

export const sampledFlag = 0x01
/** Level 2: the trace id's right half is random. It travels on as it came. */
export const randomFlag = 0x02

const dash = 45
const traceIdAt = 3
const parentIdAt = 36
const flagsAt = 53
const length = 55

/**
 * Reads a W3C `traceparent` (Trace Context level 2, section 3.2). A version newer than ours is read as far as we know
 * it; version `ff`, zero ids, upper case and anything of the wrong length are refused. Undefined: start a new trace.
 */
export function parseTraceparent(header: HeaderValue): Traceparent | undefined {
  if (typeof header !== 'string' || header.length < length) return undefined
  const isFirstVersion = header.startsWith('00')
  if (header.length > length && (isFirstVersion || header.charCodeAt(length) !== dash)) return undefined
  if (!isHex(header, 0, 2) || header.startsWith('ff')) return undefined
  if (header.charCodeAt(traceIdAt - 1) !== dash || !isId(header, traceIdAt, parentIdAt - 1)) return undefined
  if (header.charCodeAt(parentIdAt - 1) !== dash || !isId(header, parentIdAt, flagsAt - 1)) return undefined
  if (header.charCodeAt(flagsAt - 1) !== dash || !isHex(header, flagsAt, length)) return undefined
  return {
    traceId: header.slice(traceIdAt, parentIdAt - 1),
    parentId: header.slice(parentIdAt, flagsAt - 1),
    flags: Number.parseInt(header.slice(flagsAt, length), 16),
  }
}

/** Writes version 00; of the flags only those it knows go out. */
export function printTraceparent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}-0${flags & (sampledFlag | randomFlag)}`
}

const maxStateLength = 512
const maxStateMembers = 32
const stateMember = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

const longMember = 128

/**
 * Reads a W3C `tracestate` (section 3.3) and gives it back joined into one value. What is no member is left out, and of a
 * key that comes twice the first stays, the newer one; over 512 characters members of more than 128 go first, then those
 * at the end, the oldest. Undefined where nothing is left.
 */
export function parseTracestate(header: HeaderValue): string | undefined {
  const members = new Map<string, string>()
  for (const member of listMembers(header, Number.POSITIVE_INFINITY) ?? []) {
    const key = member.slice(0, member.indexOf('='))
    if (members.size < maxStateMembers && stateMember.test(member) && !members.has(key)) members.set(key, member)
  }
  let kept = [...members.values()]
  let length = kept.reduce((sum, { length }) => sum + length + 1, -1)
  if (length > maxStateLength) {
    kept = kept.filter((member) => member.length <= longMember)
    length = kept.reduce((sum, { length }) => sum + length + 1, -1)
  }
  for (; length > maxStateLength; length -= kept.pop()!.length + 1) {}
  return kept.length === 0 ? undefined : kept.join(',')
}

const maxBaggageLength = 8192
const maxBaggageMembers = 180
const baggageKey = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const baggageValue = /^[!\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/
const baggageProperty = /^[ \t!\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

/**
 * Checks a W3C `baggage` and gives it back joined into one value; one that is malformed, over 8192 bytes or 180 members is dropped whole.
 * @param names of the members that are kept; all unless given
 */
export function parseBaggage(header: HeaderValue, names?: readonly string[]): string | undefined {
  const members = listMembers(header, maxBaggageLength)
  if (members === undefined || members.length > maxBaggageMembers) return undefined
  if (!members.every(isBaggageMember)) return undefined
  const kept = names ? members.filter((member) => names.includes(member.slice(0, member.indexOf('=')).trim())) : members
  return kept.length === 0 ? undefined : kept.join(',')
}

/** What every call of one request carries on besides `traceparent`. A `tracestate` without a valid `traceparent` means nothing. */
export function readPropagation(
  headers: TraceHeaders,
  requestId: string,
  baggageNames?: readonly string[],
  loop?: string,
): Propagation {
  const { tracestate, baggage } = headers
  return {
    tracestate:
      tracestate !== undefined && parseTraceparent(headers.traceparent) ? parseTracestate(tracestate) : undefined,
    baggage: baggage === undefined ? undefined : parseBaggage(baggage, baggageNames),
    requestId,
    loop,
  }
}

/** `key = value; property; …`; taken apart by hand, since one pattern for it all would backtrack over blanks. */
function isBaggageMember(member: string): boolean {
  const [pair = '', ...properties] = member.split(';')
  const equals = pair.indexOf('=')
  return (
    equals > 0 &&
    baggageKey.test(pair.slice(0, equals).trim()) &&
    baggageValue.test(pair.slice(equals + 1).trim()) &&
    properties.every((property) => baggageProperty.test(property))
  )
}

/** The members of a comma-separated list without the empty ones; undefined when there are none or the list is too long. */
function listMembers(header: HeaderValue, maxLength: number): string[] | undefined {
  const text = typeof header === 'object' ? header.join(',') : header
  if (text === undefined || text.length > maxLength) return undefined
  const members: string[] = []
  for (const part of text.split(',')) {
    const member = part.trim()
    if (member !== '') members.push(member)
  }
  return members.length === 0 ? undefined : members
}

function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false
  }
  return true
}

function isId(text: string, from: number, to: number): boolean {
  if (!isHex(text, from, to)) return false
  for (let at = from; at < to; at++) if (text.charCodeAt(at) !== 48) return true
  return false
}
