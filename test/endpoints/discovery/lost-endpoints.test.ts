import { afterEach, describe, expect, test } from '@jest/globals'
import type { DiscoveryKind, Search } from '../../../src/endpoints/discovery/discovery.ts'
import { DiscoveryWatch } from '../../../src/endpoints/discovery/discovery-watch.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'

let watch: DiscoveryWatch | undefined
afterEach(() => watch?.close())

/** A registry that tells what the test says; `fail` ends a round as a connection that breaks does. */
async function start() {
  let search: Search | undefined
  let fail = () => {}
  const kind: DiscoveryKind = {
    name: 'told',
    summary: '',
    describe: () => 'by the test',
    follow: (_settings, given) =>
      new Promise((_resolve, reject) => {
        search = given
        fail = () => reject(new Error('gone'))
      }),
  }
  const clock = new FakeClock()
  const nobody = async () => []
  const messages: string[] = []
  const lists: string[] = []
  const dead = new Set<string>()
  watch = new DiscoveryWatch(
    { kind, settings: {} },
    {
      clock,
      random: () => 0,
      nameServers: { addresses: nobody, services: nobody },
      notify: ({ message }) => messages.push(message),
      onState: () => {},
      isReachable: async ({ url }) => !dead.has(url.at(-1)!),
    },
  )
  watch.subscribe((endpoints) => lists.push(endpoints.map(({ url }) => url.at(-1)).join('')))
  const find = (names: string, revision?: number) =>
    search!.found(
      [...names].map((name) => ({ url: `http://${name}`, weight: 1, zone: undefined })),
      revision,
    )
  const breakOff = async () => {
    fail()
    await clock.advance(60_000)
    await settle()
  }
  return { clock, lists, messages, dead, find, breakOff }
}

describe('a registry that comes back', () => {
  test('without its data is given a minute to be told of what it knew', async () => {
    const { clock, lists, messages, find, breakOff } = await start()
    find('abc', 50)
    await breakOff()
    find('', 1)
    find('b', 2)
    find('bd', 3)
    expect(lists).toEqual(['abc', 'bac', 'bdac'])
    expect(messages.at(-2)).toMatch(/^the registry has lost its data/)
    find('bda', 4)
    await clock.advance(59_000)
    expect(lists.at(-1)).toBe('bdac')
    await clock.advance(1000)
    expect(lists.at(-1)).toBe('bda')
  })

  test('without its data says at once when one leaves that had come back', async () => {
    const { lists, find, breakOff } = await start()
    find('ab', 50)
    await breakOff()
    find('a', 2)
    find('ac', 3)
    find('c', 4)
    expect(lists).toEqual(['ab', 'ab', 'acb', 'cb'])
  })

  test('without its data is not waited for where an endpoint takes no connection any more', async () => {
    const { clock, lists, dead, find, breakOff } = await start()
    find('abc', 50)
    await breakOff()
    dead.add('b')
    find('d', 2)
    await settle()
    expect(lists).toEqual(['abc', 'dabc', 'dac'])
    dead.add('d').add('c')
    await clock.advance(1000)
    expect(lists.at(-1)).toBe('da')
    dead.add('a')
    await clock.advance(1000)
    expect(lists.at(-1)).toBe('d')
    expect(clock.pending).toBe(0)
  })

  test('without its data and with nobody leaves those in use that it knew, dead or not', async () => {
    const { clock, lists, dead, find, breakOff } = await start()
    find('ab', 50)
    await breakOff()
    dead.add('a').add('b')
    find('', 1)
    await clock.advance(1000)
    expect(lists).toEqual(['ab'])
  })

  test('without its data twice keeps for another minute what is left of what was known', async () => {
    const { clock, lists, find, breakOff } = await start()
    find('ab', 50)
    await breakOff()
    find('a', 2)
    find('ac', 3)
    await breakOff()
    find('c', 1)
    expect(lists.at(-1)).toBe('ca')
    await clock.advance(60_000)
    expect(lists.at(-1)).toBe('c')
  })

  test.each([
    ['with its data', 51],
    ['and does not count its changes', undefined],
  ])('%s is believed at once', async (_, revision) => {
    const { lists, find, breakOff } = await start()
    find('abc', 50)
    await breakOff()
    find('a', revision)
    expect(lists).toEqual(['abc', 'a'])
  })

  test('is believed at once when it was never away, however it counts', async () => {
    const { lists, find } = await start()
    find('abc', 50)
    find('a', 3)
    expect(lists).toEqual(['abc', 'a'])
  })
})
