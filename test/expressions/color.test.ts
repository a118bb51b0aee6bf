import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { colorOfPath, compileColorWriter, createNamespaces, isColorName } from '../../src/expressions/color.ts'
import type { Document } from '../../src/expressions/document.ts'
import { compilePath, type Path } from '../../src/expressions/path.ts'

const fresh = (): Document => ({ request: {}, steps: {} })

describe('a color name', () => {
  test('is segments of letters, digits and underscores', () => {
    expect(['user.id', 'product.list', 'a', 'geo.cityName_2', 'a.b.c'].every(isColorName)).toBe(true)
    expect(['', 'User.id', 'user.', '.id', 'user..id', 'user-id', '1a', 'a.1b', 'user.id '].some(isColorName)).toBe(
      false,
    )
  })

  test('begins with no reserved name, and holds none that every object inherits', () => {
    expect(
      ['request.id', 'steps.a', 'item', 'index.x', 'error.code', 'user.constructor', 'valueOf.x'].some(isColorName),
    ).toBe(false)
    const kept = 'claims auth callback true false null in as break const continue else for function if import let loop'
    for (const word of `${kept} package namespace return var void while`.split(' '))
      expect([isColorName(word), isColorName(`${word}.id`), isColorName(`user.${word}`)]).toEqual([false, false, true])
    // A space of functions is one only before a call.
    expect(['user.error', 'math.score', 'hash.text', 'inside.x', 'nullable'].every(isColorName)).toBe(true)
  })
})

describe('writing', () => {
  test('adds its own leaf and nothing else', () => {
    const document = fresh()
    createNamespaces(['user.id', 'user.deep.er.x', 'user.name', 'plain'])(document)
    expect(document).toEqual({ request: {}, steps: {}, user: { deep: { er: {} } } })
    const { user } = document
    compileColorWriter('user.id')(document, 'u1')
    compileColorWriter('plain')(document, null)
    compileColorWriter('user.deep.er.x')(document, [1])
    expect(document).toEqual({ request: {}, steps: {}, plain: null, user: { id: 'u1', deep: { er: { x: [1] } } } })
    expect(document['user']).toBe(user)
  })

  test('gives every context namespaces of its own', () => {
    const create = createNamespaces(['user.id'])
    const [one, other] = [fresh(), fresh()]
    create(one)
    create(other)
    compileColorWriter('user.id')(one, 1)
    expect(other).toEqual({ request: {}, steps: {}, user: {} })
  })

  test('is read back by the path of the same name', () => {
    const segment = fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,8}$/)
    const name = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('.'))
      .filter(isColorName)
    fc.assert(
      fc.property(name, fc.jsonValue(), fc.boolean(), (color, value, prepared) => {
        const document = fresh()
        if (prepared) createNamespaces([color])(document)
        compileColorWriter(color)(document, value)
        expect((compilePath(`$.${color}`) as Path).evaluate(document)).toBe(value)
      }),
    )
  })
})

describe('the color of a path', () => {
  const colors = new Set(['user.id', 'user.segment', 'product.list', 'plain', 'product.deep.x'])

  test('is the one it reads into', () => {
    expect(colorOfPath(['user', 'id'], colors)).toEqual({ color: 'user.id' })
    expect(colorOfPath(['product', 'list', 0, 'id'], colors)).toEqual({ color: 'product.list' })
    expect(colorOfPath(['plain', 'x'], new Map([['plain', 1]]))).toEqual({ color: 'plain' })
  })

  test('is all of a namespace for a path that stops there', () => {
    expect(colorOfPath(['user'], colors)).toEqual({ namespace: 'user', colors: ['user.id', 'user.segment'] })
    expect(colorOfPath(['product', 'deep'], colors)).toEqual({ namespace: 'product.deep', colors: ['product.deep.x'] })
  })

  test('is nothing for the whole context, reserved names and what nobody declared', () => {
    for (const path of [[], ['request', 'id'], ['user', 'nope'], ['us'], ['product', 0], [0]])
      expect(colorOfPath(path, colors)).toBeUndefined()
  })
})
