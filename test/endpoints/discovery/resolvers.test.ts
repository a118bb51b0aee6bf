import { describe, expect, test } from '@jest/globals'
import { resolvers } from '../../../src/endpoints/discovery/resolvers/index.ts'
import { NameLookups } from '../../../src/endpoints/discovery/resolvers/name-lookups.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'

const kindOf = (url: string) => resolvers.find((kind) => kind.accepts(new URL(url)))!

/** Watches a name whose look-ups give, one after the other, what is listed; an error fails. */
function watch(...lookups: (string[] | Error)[]) {
  const clock = new FakeClock()
  const seen: (readonly string[])[] = []
  let count = 0
  const resolve = async () => {
    const found = lookups[Math.min(count++, lookups.length - 1)]!
    if (found instanceof Error) throw found
    return found
  }
  const names = new NameLookups({ clock, resolve })
  const url = new URL('http://reco:9004')
  const stop = kindOf('http://reco').watch(url, { lookups: names }, (found) => seen.push(found))
  return { clock, seen, stop, names, lookups: () => count }
}

describe('the address of an endpoint', () => {
  test.each(['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1'])('%s is static', (url) => {
    expect(kindOf(url).name).toBe('static')
  })

  test('any other host is looked up', () => {
    expect(kindOf('https://reco.shop.svc:1').name).toBe('lookup')
  })

  test('a name is its own address until it is resolved, then each of its addresses', async () => {
    const { seen } = watch(['10.0.0.2', '10.0.0.1', '10.0.0.2'])
    expect(seen).toEqual([['reco']])
    await settle()
    expect(seen).toEqual([['reco'], ['10.0.0.1', '10.0.0.2']])
  })

  test('it is looked up again every 30 seconds, and only a change is told', async () => {
    const { clock, seen, lookups } = watch(['10.0.0.1', '10.0.0.2'], ['10.0.0.2', '10.0.0.1'], ['10.0.0.3'])
    await clock.advance(59_999)
    expect(lookups()).toBe(2)
    expect(seen).toHaveLength(2)
    await clock.advance(1)
    expect(seen[2]).toEqual(['10.0.0.3'])
  })

  test('a failed or empty look-up keeps the last known addresses', async () => {
    const { clock, seen } = watch(['10.0.0.1'], new Error('ENOTFOUND'), [], ['10.0.0.2'])
    await clock.advance(60_000)
    expect(seen).toEqual([['reco'], ['10.0.0.1']])
    await clock.advance(30_000)
    expect(seen[2]).toEqual(['10.0.0.2'])
  })

  test('whoever asks for a name that another watches knows its addresses at once', async () => {
    const { seen, stop, names, lookups } = watch(['10.0.0.1'])
    await settle()
    const later: (readonly string[])[] = []
    const stopLater = names.watch(new URL('http://reco:9004'), (found) => later.push(found))
    stop()
    expect(later).toEqual([['10.0.0.1']])
    expect(lookups()).toBe(1)
    expect(seen).toHaveLength(2)
    stopLater()
  })

  test('it is looked up again at once when an address takes no connection, but not twice in a second', async () => {
    const { clock, seen, names, lookups } = watch(['10.0.0.1'], ['10.0.0.1'], ['10.0.0.2'])
    await clock.advance(5000)
    names.lookAgain(new URL('http://reco:9004/v1'))
    await clock.advance(0)
    expect(lookups()).toBe(2)
    names.lookAgain(new URL('http://reco:9004/v1'))
    names.lookAgain(new URL('http://reco:9004/v1'))
    names.lookAgain(new URL('http://nobody'))
    await clock.advance(999)
    expect(lookups()).toBe(2)
    await clock.advance(1)
    expect(lookups()).toBe(3)
    expect(seen.at(-1)).toEqual(['10.0.0.2'])
    await clock.advance(29_999)
    expect(lookups()).toBe(3)
  })

  test('it stops when told to, even with a look-up under way', async () => {
    const { clock, seen, stop } = watch(['10.0.0.1'])
    stop()
    await clock.advance(100_000)
    expect(seen).toEqual([['reco']])
    expect(clock.pending).toBe(0)
  })
})
