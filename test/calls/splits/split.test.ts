import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Split } from '../../../src/calls/splits/split.ts'
import { hashText } from '../../../src/endpoints/balancers/hash.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { serviceTarget } from '../../support/sites.ts'

const versions = (weights: Record<string, number>) =>
  Object.entries(weights).map(([name, weight]) => ({ name, weight, target: serviceTarget() }))

function build(by: string, weights: Record<string, number>, random: () => number = Math.random) {
  const clock = new FakeClock()
  return { clock, split: new Split('reco', { by, versions: versions(weights) }, { clock, random }) }
}

function count(split: Split, calls: number, each: (index: number) => number | undefined = () => undefined) {
  const counts: Record<string, number> = {}
  for (let call = 0; call < calls; call++) {
    const { id } = split.choose(each(call))
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

/** Even, and the same each time. */
function sequence(): () => number {
  let state = 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

describe('a split by weight', () => {
  test('gives 10,000 calls as the weights say, and no version a long run', () => {
    const { split } = build('weight', { stable: 90, canary: 10 })
    expect(count(split, 10_000)).toEqual({ stable: 9000, canary: 1000 })
    let run = 0
    for (let call = 0; call < 100; call++) {
      run = split.choose(undefined).id === 'stable' ? run + 1 : 0
      expect(run).toBeLessThanOrEqual(9)
    }
  })

  test('gives nothing to a weight of 0', () => {
    const { split } = build('weight', { stable: 1, next: 0 })
    expect(count(split, 100)).toEqual({ stable: 100 })
    expect(count(split, 100, (index) => hashText(`user ${index}`))).toEqual({ stable: 100 })
  })

  test('gives 10,000 users as the weights say, ±1 %, and each the same version every time', () => {
    const { split } = build('weight', { stable: 80, canary: 15, beta: 5 })
    const user = (index: number) => hashText(`user ${index}`)
    const counts = count(split, 10_000, user)
    for (const [name, share] of [
      ['stable', 0.8],
      ['canary', 0.15],
      ['beta', 0.05],
    ] as const) {
      expect(Math.abs(counts[name]! / 10_000 - share)).toBeLessThan(0.01)
    }
    for (let index = 0; index < 1000; index++) {
      expect(split.choose(user(index)).id).toBe(split.choose(user(index)).id)
    }
  })

  test('a version that is given more weight loses no user, and nobody moves between the others', () => {
    const weight = fc.integer({ min: 1, max: 100 })
    const names = ['stable', 'canary', 'beta'] as const
    fc.assert(
      fc.property(
        fc.tuple(weight, weight, weight),
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.string(), { minLength: 50, maxLength: 50 }),
        (weights, raised, more, users) => {
          const named = (list: readonly number[]) => Object.fromEntries(names.map((name, at) => [name, list[at]!]))
          const before = build('weight', named(weights)).split
          const after = build('weight', named(weights.map((own, at) => (at === raised ? own + more : own)))).split
          for (const user of users) {
            const [was, is] = [before, after].map((split) => split.choose(hashText(user)).id)
            if (is !== was) expect(is).toBe(names[raised])
          }
        },
      ),
    )
  })

  test('raising a canary from 10 to 20 % moves a tenth of the users, all of them to it', () => {
    const before = build('weight', { stable: 90, canary: 10 }).split
    const after = build('weight', { stable: 80, canary: 20 }).split
    const moved = { toCanary: 0, away: 0 }
    for (let user = 0; user < 10_000; user++) {
      const hash = hashText(`user ${user}`)
      const [was, is] = [before, after].map((split) => split.choose(hash).id)
      if (was !== is) moved[is === 'canary' ? 'toCanary' : 'away']++
    }
    expect(moved.away).toBe(0)
    expect(Math.abs(moved.toCanary / 10_000 - 0.1)).toBeLessThan(0.01)
  })

  test('who is in one service’s canary need not be in another’s', () => {
    const clock = new FakeClock()
    const [one, other] = ['reco', 'catalog'].map(
      (name) => new Split(name, { by: 'weight', versions: versions({ a: 1, b: 1 }) }, { clock, random: Math.random }),
    )
    let alike = 0
    for (let user = 0; user < 2000; user++) {
      const hash = hashText(`user ${user}`)
      if (one!.choose(hash).id === other!.choose(hash).id) alike++
    }
    expect(Math.abs(alike / 2000 - 0.5)).toBeLessThan(0.05)
  })
})

describe('a split by load', () => {
  test('goes by weight while nothing is under way', () => {
    const { split } = build('load', { stable: 3, canary: 1 })
    expect(count(split, 400)).toEqual({ stable: 300, canary: 100 })
  })

  test('goes to the version with the fewest calls under way for its weight', () => {
    const { split } = build('load', { stable: 3, canary: 1 })
    for (let call = 0; call < 400; call++) split.choose(undefined).load.begin()
    expect(split.versions.map(({ load }) => load.inFlight)).toEqual([300, 100])
    for (let call = 0; call < 60; call++) split.versions[0]!.load.drop()
    expect(count(split, 10)).toEqual({ stable: 10 })
  })
})

describe('a split by response time', () => {
  /** One call at a time, ten a second; gives the shares. */
  function drive(split: Split, clock: FakeClock, seconds: number, msOf: Record<string, number>) {
    const counts: Record<string, number> = {}
    for (let call = 0; call < seconds * 10; call++) {
      const version = split.choose(undefined)
      counts[version.id] = (counts[version.id] ?? 0) + 1
      version.load.begin()
      clock.skip(100)
      version.load.end(clock.now(), msOf[version.id]!, false)
    }
    return (name: string) => (counts[name] ?? 0) / (seconds * 10)
  }

  test('goes by weight while all are equally fast', () => {
    const { split, clock } = build('latency', { stable: 9, canary: 1 }, sequence())
    const shareOf = drive(split, clock, 1000, { stable: 20, canary: 20 })
    expect(Math.abs(shareOf('canary') - 0.1)).toBeLessThan(0.01)
  })

  test('moves away from the slower in proportion, and comes back when it recovers', () => {
    const { split, clock } = build('latency', { stable: 1, canary: 1 }, sequence())
    drive(split, clock, 60, { stable: 20, canary: 20 })
    const slower = drive(split, clock, 200, { stable: 20, canary: 80 })
    // A quarter of its weight beside a whole one: a fifth.
    expect(Math.abs(slower('canary') - 0.2)).toBeLessThan(0.05)
    drive(split, clock, 60, { stable: 20, canary: 20 })
    const recovered = drive(split, clock, 500, { stable: 20, canary: 20 })
    expect(Math.abs(recovered('canary') - 0.5)).toBeLessThan(0.05)
  })

  test('leaves a tenth of its weight to one that hangs, so that it is seen to recover', () => {
    const { split, clock } = build('latency', { stable: 1, canary: 1 }, sequence())
    const shareOf = drive(split, clock, 500, { stable: 5, canary: 30_000 })
    expect(shareOf('canary')).toBeGreaterThan(0.05)
    expect(shareOf('canary')).toBeLessThan(0.15)
  })

  test('takes failures for slow answers', () => {
    const { split, clock } = build('latency', { stable: 1, canary: 1 }, sequence())
    for (const version of split.versions) {
      version.load.begin()
      version.load.end(clock.now(), 5, version.id === 'canary')
    }
    expect(count(split, 1000)['canary']).toBeLessThan(150)
  })
})
