import { GatewayError } from '../errors.ts'
import { amountOf, type JsonNumber, ofWhole } from '../numbers.ts'

/** An operation on numbers, for whole ones and for doubles. */
export interface Arithmetic {
  readonly whole: (left: bigint, right: bigint) => bigint
  readonly double: (left: number, right: number) => number
}

/**
 * What a number amounts to where it is compared or computed with.
 * @throws GatewayError `invalid-response` for a decimal that no double reaches
 */
export function computable(value: JsonNumber): number | bigint {
  const amount = amountOf(value)
  if (amount === Number.POSITIVE_INFINITY || amount === Number.NEGATIVE_INFINITY)
    throw new GatewayError('invalid-response', { detail: 'a number is too large to compute with' })
  return amount
}

/** Exact where both are whole, else on doubles. Undefined for what grows too large. */
export function compute(
  { whole, double }: Arithmetic,
  left: JsonNumber,
  right: JsonNumber,
): number | bigint | undefined {
  const [one, other] = [wholeOf(left), wholeOf(right)]
  if (one !== undefined && other !== undefined) return ofWhole(whole(one, other))
  const result = double(Number(computable(left)), Number(computable(right)))
  return Number.isFinite(result) ? result : undefined
}

/** A double beyond 2^53 is no whole number: nobody knows which one it was. */
function wholeOf(value: JsonNumber): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'bigint' ? value : undefined
}
