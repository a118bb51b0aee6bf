import { describe, expect, test } from '@jest/globals'
import { readOptions as read } from '../../bench/harness/options.ts'
import type { Scenario } from '../../bench/harness/scenario.ts'
import { scenarios } from '../../bench/scenarios/index.ts'
import { inventVariant } from '../support/measurements.ts'

const tessera = inventVariant('tessera')
const fastify = inventVariant('fastify-undici')
const some = { title: '', bodies: {}, comparisons: [] }
const known: Scenario[] = [
  { ...some, name: 'home', variants: [tessera, fastify], quick: { rounds: 3, variants: ['tessera'] } },
  { ...some, name: 'flow', variants: [tessera] },
]
const readOptions = (...args: string[]) => read(args, known)

describe('the options', () => {
  test('take every scenario with every server for five rounds', () => {
    const { tasks } = readOptions()
    expect(tasks.map(({ scenario, variants, rounds }) => [scenario.name, variants.length, rounds])).toEqual([
      ['home', 2, 5],
      ['flow', 1, 5],
    ])
  })

  test('of a quick run are fewer and shorter rounds of what has a part in it', () => {
    expect(readOptions('--quick')).toMatchObject({
      tasks: [{ scenario: { name: 'home' }, variants: [tessera], rounds: 3, repeats: 1 }],
      plan: { seconds: 3, warmUpSeconds: 6 },
    })
  })

  test('give way to those that are named', () => {
    expect(readOptions('--quick', '--rounds', '7', '--seconds', '1')).toMatchObject({
      tasks: [{ rounds: 7 }],
      plan: { seconds: 1, warmUpSeconds: 6 },
    })
  })

  test('choose scenarios and servers by name', () => {
    const { tasks } = readOptions('--scenario', 'flow,home', '--only', 'fastify-undici')
    expect(tasks).toMatchObject([{ scenario: { name: 'home' }, variants: [fastify] }])
  })

  test('let nothing be measured again', () => {
    expect(readOptions('--repeats', '0').tasks[0]).toMatchObject({ repeats: 0 })
  })

  test('refuse a count that is none, and names that nobody knows', () => {
    expect(() => readOptions('--rounds', '0')).toThrow('--rounds takes a whole number from 1, not 0')
    expect(() => readOptions('--scenario', 'hoem')).toThrow('there is no hoem: home, flow')
    expect(() => readOptions('--only', 'tessera,koa')).toThrow('no scenario that was chosen has a server koa')
  })
})

test('a quick run tells every ratio of the table', () => {
  const { tasks } = read(['--quick'], scenarios)
  const told = tasks.flatMap(({ scenario, variants }) => {
    const names = variants.map(({ name }) => name)
    return scenario.comparisons.filter((comparison) => comparison.variants.every((name) => names.includes(name)))
  })
  expect(told.filter(({ aim }) => aim !== undefined).map(({ name, aim }) => [name, aim])).toEqual([
    ['express-fetch', 0.25],
    ['fastify-undici', 0.6],
    ['nginx-lua', 0.7],
    ['krakend', 0.7],
    ['lura', 0.7],
    ['mosaic/express-fetch', 0.25],
    ['mosaic/fastify-undici', 0.6],
    ['mosaic/nginx-lua', 0.7],
    ['mosaic/krakend', 0.3],
    ['mosaic/lura', 0.3],
    ['passthrough/express-2kb', 0.4],
    ['passthrough/fastify-2kb', 0.7],
    ['typical', 0.2],
    ['tracing', 1.35],
    ['routes', 1.02],
    ['whole', 2.5],
  ])
})
