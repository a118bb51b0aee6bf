import { Decimal, rawJson, readNumber, toDouble } from './numbers.ts'

/** Where a number may stand that JavaScript does not print as it is written; in a string it means nothing. */
const needsCare = /\d[eE]|[\d.]{16}|\.\d*0(?!\d)|-0|0\.000000/

/**
 * Parses JSON so that numbers keep their value (`numbers.ts`).
 * @throws SyntaxError, TooManyDigits
 */
export function parseJson(text: string): unknown {
  return needsCare.test(text) ? JSON.parse(text, readSource as Reviver) : JSON.parse(text)
}

type Reviver = (key: string, value: unknown) => unknown

function readSource(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined ? readNumber(source) : value
}

/** Prints JSON, numbers with their value. Undefined, against the type, for what is nothing in JSON. */
export function printJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // It does not know bigints.
    return JSON.stringify(value, printBigint, indent)
  }
}

function printBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(String(value)) : value
}

/** Prints JSON that is the same for numbers of the same value, however they are written: for keys. */
export function printByValue(value: unknown): string {
  return JSON.stringify(value, printAmount)
}

function printAmount(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key]
  if (!(held instanceof Decimal)) return printBigint(key, value)
  const double = toDouble(held)
  // What no double reaches is printed as it is written.
  return Number.isFinite(double) ? double : value
}
