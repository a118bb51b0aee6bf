import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Choice } from '../../../src/endpoints/balancers/choice.ts'
import { balancers } from '../../../src/endpoints/balancers/index.ts'
import { Load } from '../../../src/endpoints/balancers/load.ts'
import { type Standing, selectCandidates, warmth } from '../../../src/endpoints/health/candidates.ts'
import { Condition } from '../../../src/endpoints/health/condition.ts'
import { seededRandom } from '../../support/chance.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function standing(id: string, zone: string | undefined, isWell = true, weight = 1): Standing {
  const condition = new Condition(Number.NEGATIVE_INFINITY)
  condition.isWell = isWell
  return { id, zone, weight, condition, load: new Load() }
}

const now = 0
const select = (endpoints: readonly Standing[], zone?: string) =>
  selectCandidates(endpoints, { zone, slowStartMs: undefined, now })
const ids = (list: readonly { readonly node: Standing }[]) => list.map(({ node }) => node.id)

describe('who may be asked', () => {
  test('is who is well', () => {
    const { near, far, isPanicking } = select([
      standing('a', undefined),
      standing('b', undefined, false),
      standing('c', 'x'),
    ])
    expect([ids(near), ids(far), isPanicking]).toEqual([['a', 'c'], [], false])
  })

  test.each([
    [2, 1, false],
    [3, 1, true],
    [4, 2, false],
    [3, 0, true],
    [1, 0, true],
  ])('is all of %d when only %d are well: %s', (all, well, panics) => {
    const list = Array.from({ length: all }, (_, index) => standing(String(index), undefined, index < well))
    const { near, isPanicking } = select(list)
    expect(isPanicking).toBe(panics)
    expect(near).toHaveLength(panics ? all : well)
  })

  test('is the own zone while 70 % of it are well, others in proportion after that', () => {
    const zone = (well: number) => [
      ...Array.from({ length: 10 }, (_, index) => standing(`a${index}`, 'a', index < well)),
      ...Array.from({ length: 10 }, (_, index) => standing(`b${index}`, 'b')),
    ]
    const shares = [10, 7, 5, 1, 0].map((well) => Math.round(select(zone(well), 'a').nearShare * 100) / 100)
    expect(shares).toEqual([1, 1, 0.71, 0.14, 1])
    expect(ids(select(zone(0), 'a').near)).toEqual(Array.from({ length: 10 }, (_, index) => `b${index}`))
  })

  test('is everyone alike where the gateway has no zone, or nobody is in it', () => {
    const list = [standing('a', 'a'), standing('b', 'b')]
    expect(ids(select(list).near)).toEqual(['a', 'b'])
    expect(ids(select(list, 'c').near)).toEqual(['a', 'b'])
  })

  test('has at least one in it, if there is any at all', () => {
    const one = fc.record({ isWell: fc.boolean(), zone: fc.constantFrom('a', 'b', undefined) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.constantFrom('a', undefined), (list, zone) => {
        const { near, far } = select(
          list.map((entry, index) => standing(String(index), entry.zone, entry.isWell)),
          zone,
        )
        expect(near.length).toBeGreaterThan(0)
        expect(new Set([...ids(near), ...ids(far)]).size).toBe(near.length + far.length)
      }),
    )
  })
})

describe('a slow start', () => {
  test('begins with a tenth and grows with time', () => {
    expect([0, 1000, 15_000, 29_999, 30_000].map((ms) => Math.round(warmth(ms, 30_000) * 100))).toEqual([
      10, 10, 50, 100, 100,
    ])
    expect(warmth(0, undefined)).toBe(1)
  })
})

describe('the choice between zones', () => {
  const options = { clock: new FakeClock(), random: seededRandom() }
  const create = (name: string, list: readonly Standing[]) => {
    const choice = new Choice<Standing>(balancers.get(name)!, options)
    choice.update(select(list, 'a'))
    return choice
  }
  const half = [standing('a1', 'a'), standing('a2', 'a', false), standing('b1', 'b'), standing('b2', 'b')]

  test('spills over as many calls as it should', () => {
    const choice = create('round-robin', half)
    const near = Array.from({ length: 10_000 }, () => choice.pick(undefined, undefined)!.id).filter((id) => id === 'a1')
    expect(Math.abs(near.length / 10_000 - 0.5 / 0.7)).toBeLessThan(0.02)
  })

  test('sends a key always the same way', () => {
    const choice = create('consistent-hash', half)
    for (let hash = 0; hash < 200; hash++) expect(choice.pick(undefined, hash)).toBe(choice.pick(undefined, hash))
  })

  test('leaves the zone when the only one in it has just failed', () => {
    const near = standing('a1', 'a')
    const choice = create('round-robin', [near, standing('b1', 'b')])
    expect(choice.pick(undefined, undefined)!.id).toBe('a1')
    expect(choice.pick(near, undefined)!.id).toBe('b1')
  })
})
