import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { ConfigWatcher } from '../../src/server/lifecycle/watch.ts'
import { afterTest, createDirectory } from '../support/cleanup.ts'
import { pause, until } from '../support/waiting.ts'

describe('a watcher', () => {
  let directory: string
  let changes: number
  const at = (name: string) => join(directory, name)

  function watch(pollEveryMs: number): ConfigWatcher {
    const watcher = new ConfigWatcher(
      () => {
        changes++
      },
      (error) => {
        throw error
      },
      pollEveryMs,
    )
    afterTest(() => watcher.close())
    watcher.watch({
      gateway: at('config/gateway.yaml'),
      dictionary: at('config/colors'),
      services: at('config/services'),
      routes: at('routes'),
      parts: at('parts'),
      extensions: [],
      included: [
        { directory: at('shared'), isDeep: false },
        { directory: at('teams'), isDeep: true },
      ],
      named: [],
    })
    return watcher
  }

  beforeEach(() => {
    directory = createDirectory()
    changes = 0
    for (const name of ['config/services', 'config/colors', 'routes', 'far', 'shared', 'teams/one'])
      mkdirSync(at(name), { recursive: true })
    for (const name of ['config/gateway', 'config/dictionary', 'far/a']) writeFileSync(at(`${name}.yaml`), '{}')
  })

  /** It looks once when each of its watches stands, for what was written before: then it is quiet. */
  async function untilItStands() {
    await until(() => changes > 0)
    for (let told = 0; told !== changes; await pause(200)) told = changes
    changes = 0
  }

  test('tells of a burst of writes as a whole', async () => {
    watch(60_000)
    await untilItStands()
    for (let turn = 0; turn < 20; turn++) writeFileSync(at(`routes/r${turn}.yaml`), 'x')
    await until(() => changes > 0)
    await pause(300)
    expect(changes).toBeLessThan(10)
  })

  test.each(['config/colors/a', 'shared/a', 'teams/one/a'])('tells of %s', async (name) => {
    watch(60_000)
    await untilItStands()
    writeFileSync(at(`${name}.yaml`), 'x')
    await until(() => changes > 0)
  })

  test('tells of writes that never cease', async () => {
    watch(60_000)
    await untilItStands()
    const writing = setInterval(() => writeFileSync(at('routes/r.yaml'), String(performance.now())), 30)
    afterTest(() => clearInterval(writing))
    await until(() => changes > 0)
  })

  test('finds by polling that what a link leads to has changed', async () => {
    symlinkSync('../far/a.yaml', at('routes/a.yaml'))
    watch(100)
    await untilItStands()
    writeFileSync(at('far/a.yaml'), 'changed')
    await until(() => changes > 0)
  })

  test('finds by polling a directory that was not there', async () => {
    rmSync(at('routes'), { recursive: true })
    watch(100)
    await untilItStands()
    mkdirSync(at('routes'))
    writeFileSync(at('routes/a.yaml'), 'x')
    await until(() => changes > 0)
  })

  test('is quiet when nothing happens, and when it was closed', async () => {
    const watcher = watch(50)
    await untilItStands()
    await pause(400)
    expect(changes).toBe(0)
    await watcher.close()
    writeFileSync(at('routes/a.yaml'), 'x')
    await pause(300)
    expect(changes).toBe(0)
  })
})
