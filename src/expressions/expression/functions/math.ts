import { isNumber, type JsonNumber, ofWhole } from '../../../numbers.ts'
import { computable } from '../../arithmetic.ts'
import { spend } from '../../work.ts'
import { fail } from '../scope.ts'
import type { Type } from '../types.ts'
import { nameOfValue } from '../types.ts'
import { type About, bool, double, global, int, type Library, number } from './define.ts'

/** The first of those that no other beats, as it was given. */
function extreme(name: string, beats: (one: number | bigint, other: number | bigint) => boolean) {
  return (...given: readonly unknown[]): unknown => {
    const values = given.length === 1 && Array.isArray(given[0]) ? given[0] : given
    if (values.length === 0) fail(`\`${name}()\` needs a number`)
    spend(values.length)
    const amounts = values.map((value) =>
      isNumber(value) ? computable(value) : fail(`\`${name}()\` does not take a ${nameOfValue(value)}`),
    )
    let best = 0
    for (let i = 1; i < amounts.length; i++) if (beats(amounts[i]!, amounts[best]!)) best = i
    return values[best]
  }
}

const numberOf = (...types: readonly Type[]): Type => (types.every(({ kind }) => kind === 'int') ? int : double)

function round(value: JsonNumber, of: (amount: number) => number): number | bigint {
  const amount = computable(value)
  return typeof amount === 'bigint' ? amount : of(amount) + 0
}

/** Away from zero where two whole numbers are as near. */
function roundHalfAway(amount: number): number {
  const below = Math.floor(Math.abs(amount))
  return Math.sign(amount) * (Math.abs(amount) - below >= 0.5 ? below + 1 : below)
}

function absolute(value: JsonNumber): number | bigint {
  const amount = computable(value)
  return amount < 0 ? -amount : amount
}

function root(value: number): number {
  return value < 0 ? fail('there is no root of what is below zero') : Math.sqrt(value)
}

const bits = 64n

/** A whole number of 64 bits, below zero as its complement. */
function wordOf(value: JsonNumber): bigint {
  const amount = computable(value)
  const word =
    typeof amount === 'bigint' || Number.isInteger(amount) ? BigInt(amount) : fail('bits are of whole numbers')
  return word === BigInt.asIntN(64, word) || word === BigInt.asUintN(64, word)
    ? word
    : fail('bits are of whole numbers of at most 64 bits')
}

function bitwise(apply: (left: bigint, right: bigint) => bigint) {
  return (left: JsonNumber, right: JsonNumber) => ofWhole(apply(wordOf(left), wordOf(right)))
}

function shift(apply: (word: bigint, by: bigint) => bigint) {
  return (value: JsonNumber, by: JsonNumber) => {
    const distance = wordOf(by)
    if (distance < 0n) fail('bits are moved by what is not below zero')
    return ofWhole(distance >= bits ? 0n : apply(wordOf(value), distance))
  }
}

function unary(name: string, gives: Type, call: (value: JsonNumber) => unknown, about: About) {
  return global(`math.${name}`, [number], gives, call, { exact: true, ...about })
}

function binary(name: string, call: (left: JsonNumber, right: JsonNumber) => unknown, about: About) {
  return global(`math.${name}`, [number, number], int, call, { exact: true, ...about })
}

export const mathFunctions: Library = {
  title: 'Numbers',
  functions: [
    global(
      'math.greatest',
      [['double', 'list']],
      numberOf,
      extreme('math.greatest', (one, other) => one > other),
      {
        exact: true,
        isVariadic: true,
        summary: 'The greatest of some numbers, or of a list of them.',
        example: ['math.greatest(1, 3.5, -2)', '3.5'],
      },
    ),
    global(
      'math.least',
      [['double', 'list']],
      numberOf,
      extreme('math.least', (one, other) => one < other),
      {
        exact: true,
        isVariadic: true,
        summary: 'The least of some numbers, or of a list of them.',
        example: ['math.least([1, 3.5, -2])', '-2'],
      },
    ),
    unary('abs', double, absolute, { summary: 'Without its sign.', example: ['math.abs(-1.5)', '1.5'] }),
    unary('sign', int, (value) => Math.sign(Number(computable(value))), {
      summary: '-1, 0 or 1.',
      example: ['math.sign(-3)', '-1'],
    }),
    unary('ceil', double, (value) => round(value, Math.ceil), {
      summary: 'The next whole number above.',
      example: ['math.ceil(1.2)', '2'],
    }),
    unary('floor', double, (value) => round(value, Math.floor), {
      summary: 'The next whole number below.',
      example: ['math.floor(-1.2)', '-2'],
    }),
    unary('round', double, (value) => round(value, roundHalfAway), {
      summary: 'The nearest whole number, away from zero where two are as near.',
      example: ['math.round(-1.5)', '-2'],
    }),
    unary('trunc', double, (value) => round(value, Math.trunc), {
      summary: 'The number without what is behind its point.',
      example: ['math.trunc(-1.9)', '-1'],
    }),
    global('math.sqrt', [number], double, root, {
      summary: 'The square root.',
      example: ['math.sqrt(6.25)', '2.5'],
    }),
    global('math.isNaN', [number], bool, () => false, {
      summary: 'False: no number of JSON is NaN.',
      example: ['math.isNaN(1.5)', 'false'],
    }),
    global('math.isInf', [number], bool, () => false, {
      summary: 'False: no number of JSON is infinite.',
      example: ['math.isInf(1.5)', 'false'],
    }),
    global('math.isFinite', [number], bool, () => true, {
      summary: 'True: each number of JSON is finite.',
      example: ['math.isFinite(1.0 / 1.5)', 'true'],
    }),
    binary(
      'bitAnd',
      bitwise((left, right) => left & right),
      {
        summary: 'The bits that both have.',
        example: ['math.bitAnd(6, 3)', '2'],
      },
    ),
    binary(
      'bitOr',
      bitwise((left, right) => left | right),
      {
        summary: 'The bits that one of both has.',
        example: ['math.bitOr(6, 3)', '7'],
      },
    ),
    binary(
      'bitXor',
      bitwise((left, right) => left ^ right),
      {
        summary: 'The bits that only one of both has.',
        example: ['math.bitXor(6, 3)', '5'],
      },
    ),
    unary('bitNot', int, (value) => ofWhole(~wordOf(value)), {
      summary: 'The bits that it has not.',
      example: ['math.bitNot(1)', '-2'],
    }),
    binary(
      'bitShiftLeft',
      shift((word, by) => BigInt.asIntN(64, word << by)),
      {
        summary: 'Its 64 bits moved to the left; what leaves them is lost.',
        example: ['math.bitShiftLeft(1, 4)', '16'],
      },
    ),
    binary(
      'bitShiftRight',
      shift((word, by) => BigInt.asUintN(64, word) >> by),
      {
        summary: 'Its 64 bits moved to the right, zeros after them.',
        example: ['math.bitShiftRight(1024, 2)', '256'],
      },
    ),
  ],
}
