import { randomUUID } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import { Decimal } from '../numbers.ts'

/** What a request may do unless its route or the gateway's `defaults:` say otherwise. */
export const defaultMaxWork = 2_000_000

/** Units between two looks at the clock. */
const lookEvery = 4096
/** What may still be done when the time is over, so that fallbacks make a page: some milliseconds. */
const lateWork = 100_000
/** Bytes of JSON that are printed for one unit: about what an element takes. */
const printedPerUnit = 32

/** Until when may be worked. */
export interface WorkTime {
  now(): number
  /** In the time of `now`. */
  readonly deadline: number
  /** Milliseconds since the Unix epoch. */
  epoch(): number
}

const endless: WorkTime = { now: () => 0, deadline: Number.POSITIVE_INFINITY, epoch: () => Date.now() }

/**
 * The work that one request may still do: one for each element or member that a template, a JSONPath or CEL visits or
 * makes, for each comparison and each KB of text.
 */
export class WorkBudget {
  readonly limit: number
  readonly #time: WorkTime
  #left: number
  #lookAt: number
  #isLate = false
  #instant: number | undefined

  constructor(limit = defaultMaxWork, time: WorkTime = endless) {
    this.limit = limit
    this.#time = time
    this.#left = limit
    this.#lookAt = limit
  }

  get left(): number {
    return Math.max(0, this.#left)
  }

  get spent(): number {
    return this.limit - this.#left
  }

  /** When it is for the request, in milliseconds since the Unix epoch: one instant, from when it is first asked for. */
  get instant(): number {
    this.#instant ??= this.#time.epoch()
    return this.#instant
  }

  /** A random one, another each time. */
  uuid(): string {
    return randomUUID()
  }

  spend(units: number): void {
    this.#left -= units
    if (this.#left < this.#lookAt) this.#look()
  }

  #look(): void {
    if (!this.#isLate && this.#time.now() >= this.#time.deadline) {
      this.#isLate = true
      this.#left = Math.min(this.#left, lateWork)
    }
    if (this.#left < 0) {
      // What comes after fails as soon, so that nothing goes on in pieces.
      this.#left = -1
      this.#lookAt = 0
      throw this.#isLate ? new GatewayError('timeout', { detail: outOfTime }) : tooMuchWork(this.limit)
    }
    this.#lookAt = Math.max(0, this.#left - lookEvery)
  }
}

const outOfTime = 'the time of the request was over while the gateway computed'

function tooMuchWork(limit: number): GatewayError {
  return new GatewayError('too-much-work', { detail: `it takes more than the ${limit} units of \`maxWork\`` })
}

/** The member of a context that holds its budget: no name, so that no template sees it. */
export const workOf: unique symbol = Symbol('work')

/**
 * Evaluation is synchronous, so one cell is enough: whoever begins one says whose work it is. Before anybody has, nothing
 * is counted: the gateway then works for itself.
 */
let current = new WorkBudget(Number.MAX_SAFE_INTEGER)

/** From here to the next call what is spent is taken from this budget; without one from a new one of the usual size. */
export function enter(budget: WorkBudget | undefined): void {
  current = budget ?? new WorkBudget()
}

/** @throws GatewayError `too-much-work`, or `timeout` when the request's time is over */
export function spend(units: number): void {
  current.spend(units)
}

/** The one instant that is `now()` to the request that is worked for. */
export function instant(): number {
  return current.instant
}

/** A key in a map of many takes as long as so many elements of a list: each lies somewhere else in memory. */
const unitsPerKey = 5

/** What keys take that are put in a map, or looked for there. */
export function spendOnKeys(keys: number): void {
  current.spend(keys * unitsPerKey)
}

/** `uuid()` to the request that is worked for. */
export function nextUuid(): string {
  return current.uuid()
}

/** What a text takes that is looked through or made. */
export function spendOnText(characters: number): void {
  if (characters >= 1024) current.spend(characters >>> 10)
}

/** What a text takes that is gone through letter by letter, by a regular expression: many times what copying it does. */
export function spendOnLetters(characters: number): void {
  if (characters >= 32) current.spend(characters >>> 5)
}

/** How much of an answer may still be printed. */
export function printableBytes(): number {
  return current.left * printedPerUnit
}

export function spendOnBytes(bytes: number): void {
  current.spend(Math.ceil(bytes / printedPerUnit))
}

/** What printing a value as JSON takes, taken before it is printed: a value may hold the same list a million times. */
export function spendOnPrinting(value: unknown): void {
  const rest = measure(value, 0)
  current.spend(Math.ceil(rest / printedPerUnit))
}

const measuredAtOnce = 64 * printedPerUnit
/** Bytes of text that take as long to print as the shortest decimal. */
const leastOfDecimal = 24

/** Adds a value's bytes to those not yet paid for; pays as soon as they are many. */
function measure(value: unknown, unpaid: number): number {
  if (typeof value === 'string') return settle(unpaid + value.length + 3)
  if (typeof value !== 'object' || value === null) return settle(unpaid + 6)
  // Each is printed by itself.
  if (value instanceof Decimal) return settle(unpaid + Math.max(leastOfDecimal, value.toString().length))
  let bytes = unpaid + 2
  if (Array.isArray(value)) for (const item of value) bytes = measure(item, bytes)
  else if (!ArrayBuffer.isView(value)) {
    for (const name in value) bytes = measure((value as Record<string, unknown>)[name], bytes + name.length + 3)
  }
  return settle(bytes)
}

function settle(bytes: number): number {
  if (bytes < measuredAtOnce) return bytes
  current.spend(Math.floor(bytes / printedPerUnit))
  return bytes % printedPerUnit
}
