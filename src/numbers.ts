/**
 * A number of JSON that keeps its value: a double that prints as it was written, a bigint for a whole number beyond
 * 2^53, and a `Decimal` for every other that JavaScript would print another way (`1.0`, `19.90`, `1e400`, `-0`).
 */
export type JsonNumber = number | bigint | Decimal

/** Whole numbers of more digits are refused: what they cost grows faster than they do. */
export const mostDigits = 400

/** A number that is kept as it was written: passed on it is its text, computed with it is a double. */
export class Decimal {
  // Only own members are data, and this is none.
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  toJSON(): unknown {
    return rawJson(this.#text)
  }
}

/** A whole number of more than `mostDigits` digits. */
export class TooManyDigits extends Error {
  constructor() {
    super(`a number has over ${mostDigits} digits`)
  }
}

const largest = 10n ** BigInt(mostDigits)

/** @param text as JSON writes numbers @throws TooManyDigits */
export function readNumber(text: string): JsonNumber {
  const double = Number(text)
  if (isDigits(text)) {
    if (Number.isSafeInteger(double)) return Object.is(double, -0) ? new Decimal(text) : double
    if (text.length > mostDigits + (text.startsWith('-') ? 1 : 0)) throw new TooManyDigits()
    return BigInt(text)
  }
  return String(double) === text ? double : new Decimal(text)
}

export function isNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || isExact(value)
}

/** Whether it is a number that JavaScript's own would not hold. */
export function isExact(value: unknown): value is bigint | Decimal {
  return typeof value === 'bigint' || value instanceof Decimal
}

/** What a number amounts to: a whole one beyond 2^53 is a bigint, a decimal that no double reaches is infinite. */
export function amountOf(value: JsonNumber): number | bigint {
  return typeof value === 'object' ? Number(value.toString()) : value
}

export function toDouble(value: JsonNumber): number {
  return Number(amountOf(value))
}

/** Whether it is whole, however it is written: `1.0` and `1e3` are. What no double holds (`1e400`) is not. */
export function isWhole(value: JsonNumber): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  return typeof value === 'bigint' || (Number.isInteger(amountOf(value)) && isWholeText(value.toString()))
}

/** Equal by value: `1`, `1.0` and `1e0` are. */
export function areEqualNumbers(one: JsonNumber, other: JsonNumber): boolean {
  const left = amountOf(one)
  const right = amountOf(other)
  // JavaScript compares a bigint with a double exactly.
  return typeof left === typeof right ? left === right : !(left < right || left > right)
}

/** What numbers of equal value have in common as keys of a Map or a Set. */
export function keyOfNumber(value: JsonNumber): number | bigint {
  const amount = amountOf(value)
  return typeof amount === 'number' && Number.isInteger(amount) && !Number.isSafeInteger(amount)
    ? BigInt(amount)
    : amount
}

/** A whole number that was computed; undefined where it grew beyond `mostDigits`. */
export function ofWhole(value: bigint): number | bigint | undefined {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  return value < largest && value > -largest ? value : undefined
}

function isDigits(text: string): boolean {
  for (let at = text.charCodeAt(0) === 0x2d ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

const parts = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Whether no digit but zeros stands behind the point, once the exponent has moved it. */
function isWholeText(text: string): boolean {
  const [, integer = '', fraction = '', exponent = '0'] = parts.exec(text) ?? []
  const behind = fraction.length - Number(exponent)
  return behind <= 0 || /^0*$/.test((integer + fraction).slice(-behind))
}

type RawJson = (text: string) => unknown

/** What JSON.stringify writes as this text. */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON: RawJson }).rawJSON(text)
}
