import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '../../src/server/gateway.ts'
import type { ReloadResult } from '../../src/server/lifecycle/reload.ts'
import { afterTest, createDirectory, opened } from '../support/cleanup.ts'
import { startGateway, startIn, writeFiles } from '../support/gateway.ts'
import { dial, readAll, request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { dictionary, wordService } from '../support/words.ts'

const says = (text: string) => `match: GET /say\nresponse: { body: { said: ${text} } }\n`
const said = async (port: number) => (await sendRaw(port, request('GET /say HTTP/1.1'))).json()['said']

describe('the first load', () => {
  test('rejects with every fault of the files', async () => {
    const started = startGateway({ 'routes/a': 'match: nonsense\n', 'routes/b': 'match: GET /b\ndoo: []\n' })
    const error = await started.then(
      () => undefined,
      (thrown: unknown) => thrown as ConfigurationError,
    )
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error!.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(['invalid-value', 'unknown-key']))
    expect(error!.textOf(error!.diagnostics[0]!.at.file)).toContain('match:')
  })
})

test('a trusted proxy that is none is a fault with its place', async () => {
  const started = startGateway({ gateway: 'trustedProxies: [loopback, 10.0.0.0/33]\n', 'routes/say': says('one') })
  await expect(started).rejects.toMatchObject({ diagnostics: [{ code: 'invalid-value', at: { line: 1, column: 28 } }] })
})

describe('a reload', () => {
  test('takes what is new', async () => {
    const { gateway, port, directory } = await startGateway({ 'routes/say': says('one') })
    expect(await said(port)).toBe('one')
    const before = gateway.snapshot.version
    writeFiles(directory, { 'routes/say': says('two') })
    const result = await gateway.reload()
    expect(result).toMatchObject({ ok: true, changed: true, version: gateway.snapshot.version })
    expect(gateway.snapshot.version).not.toBe(before)
    expect(await said(port)).toBe('two')
  })

  test('takes what is new of included files and of a directory of the dictionary', async () => {
    const { gateway, port, directory } = await startGateway({
      gateway: 'include: ../shared/*.yaml\ndictionary: ./colors',
      '../shared/a': 'presets: { said: { route: { headers: { x-said: one } } } }',
      'colors/a': 'colors: { word: {} }',
      'routes/say': `${says('one')}use: said\n`,
    })
    const headerOf = async () => (await fetch(`http://127.0.0.1:${port}/say`)).headers.get('x-said')
    expect(await headerOf()).toBe('one')
    writeFiles(directory, { '../shared/a': 'presets: { said: { route: { headers: { x-said: two } } } }' })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect(await headerOf()).toBe('two')
    writeFiles(directory, { 'colors/b': 'colors: { other: {} }', '../shared/b': 'presets: { said: { call: {} } }' })
    const { ok, diagnostics } = await gateway.reload()
    expect([ok, diagnostics.map(({ code }) => code)]).toEqual([false, ['duplicate-name']])
    writeFiles(directory, { '../shared/b': '{}' })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect([...gateway.snapshot.colors.keys()]).toEqual(['word', 'other'])
  })

  test('that finds no route any more is refused, and says so', async () => {
    const { gateway, port, directory, lines } = await startGateway({ 'routes/say': says('one') })
    rmSync(join(directory, 'routes/say.yaml'))
    const result = await gateway.reload()
    expect(result).toMatchObject({ ok: false, changed: false, diagnostics: [{ code: 'file-unreadable' }] })
    expect(lines.join('')).toContain('there is no route in')
    expect(await said(port)).toBe('one')
    writeFiles(directory, { 'routes/say': says('two') })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect(await said(port)).toBe('two')
  })

  test('of a gateway that began without routes may find none again', async () => {
    const { gateway, directory } = await startGateway({})
    writeFiles(directory, { gateway: 'openapi: true' })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
  })

  test('does nothing when nothing changed', async () => {
    const { gateway } = await startGateway({ 'routes/say': says('one') })
    const before = gateway.snapshot
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: false })
    expect(gateway.snapshot).toBe(before)
  })

  test('of bad files keeps the old ones and tells everyone', async () => {
    const told: ReloadResult[] = []
    const { gateway, port, adminPort, directory, lines } = await startGateway(
      { 'routes/say': says('one') },
      { onReload: (result) => told.push(result) },
    )
    writeFiles(directory, { 'routes/say': 'match: GET /say\ndoo: []\n' })
    const result = await gateway.reload()
    expect(result).toMatchObject({ ok: false, changed: false, version: gateway.snapshot.version })
    expect(told).toMatchObject([{ ok: false }])
    expect(await said(port)).toBe('one')
    expect(lines.join()).toContain('unknown-key')
    const admin = `http://127.0.0.1:${adminPort}`
    const diagnostics = (await (await fetch(`${admin}/-/diagnostics`)).json()) as { diagnostics: unknown[] }
    expect(diagnostics).toMatchObject({ ok: false })
    expect(diagnostics.diagnostics).toContainEqual(expect.objectContaining({ code: 'unknown-key', line: 2 }))
    expect(JSON.stringify(diagnostics)).toContain('^^^')
    expect(await (await fetch(`${admin}/metrics`)).text()).toContain('tessera_config_last_reload_successful 0')
    const ready = await fetch(`${admin}/readyz?verbose`)
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('[-] last-reload')])
    writeFiles(directory, { 'routes/say': says('two') })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect(await said(port)).toBe('two')
    expect(await (await fetch(`${admin}/metrics`)).text()).toContain('tessera_config_last_reload_successful 1')
  })

  test('asked for many times at once runs one after the other, and the last state wins', async () => {
    const { gateway, directory, port } = await startGateway({ 'routes/say': says('zero') })
    const results: Promise<ReloadResult>[] = []
    for (let turn = 1; turn <= 10; turn++) {
      writeFiles(directory, { 'routes/say': says(`turn${turn}`) })
      results.push(gateway.reload())
    }
    await Promise.all(results)
    expect(await said(port)).toBe('turn10')
  })

  test('cannot move a listener, and says so', async () => {
    const { gateway, directory, lines } = await startGateway({ 'routes/say': says('one') })
    writeFiles(directory, { gateway: 'listen: 1234\n' })
    expect(await gateway.reload()).toMatchObject({ ok: true })
    expect(lines.join()).toContain('`listen` of the gateway')
  })

  test('lets a request end on what it began with, and then lets go of its backend', async () => {
    let answer: (() => void) | undefined
    const backend = await opened(
      startHttpServer((_request, response) => {
        answer = () => response.end('{"word":"late"}')
      }),
    )
    const route = (key: string) =>
      `match: GET /word\ntimeout: 5s\ndo: [ { invoke: words.word } ]\nresponse: { body: { ${key}: $.word } }\n`
    const { gateway, directory, port } = await startGateway({
      'services/words': wordService(backend.url),
      'routes/word': route('old'),
    })
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write(request('GET /word HTTP/1.1'))
    await until(() => answer !== undefined)
    const other = await opened(startHttpServer((_request, response) => void response.end('{"word":"new"}')))
    writeFiles(directory, { 'services/words': wordService(other.url), 'routes/word': route('new') })
    await gateway.reload()
    expect((await sendRaw(port, request('GET /word HTTP/1.1'))).json()).toEqual({ new: 'new' })
    expect(backend.sockets.size).toBe(1)
    answer!()
    expect(await all).toContain('{"old":"late"}')
    await backend.disconnected()
  })

  test('a hundred times under load loses nothing and mixes nothing', async () => {
    const page = (turn: number) =>
      `match: GET /page\nresponse: { headers: { x-turn: t${turn} }, body: { a: t${turn}, b: t${turn} } }\n`
    // Whom a process that is too slow for so many clients sheds is another promise (overload/).
    const { gateway, directory, port, entries } = await startGateway({
      gateway: 'overload: false',
      'routes/page': page(0),
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    afterTest(() => agent.destroy())
    const faults: string[] = []
    const seen = new Set<string>()
    let isOver = false
    const ask = () =>
      new Promise<void>((resolve) => {
        get({ port, path: '/page', agent }, async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          const { a, b } = JSON.parse(text)
          seen.add(a)
          if (response.statusCode !== 200 || a !== b || response.headers['x-turn'] !== a) faults.push(text)
          resolve()
        }).on('error', (error) => {
          faults.push(error.message)
          resolve()
        })
      })
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) await ask()
    })
    for (let turn = 1; turn <= 100; turn++) {
      writeFiles(directory, { 'routes/page': page(turn) })
      expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
      if (turn % 4 === 0) await until(() => seen.has(`t${turn}`), `an answer of version ${turn}`)
    }
    isOver = true
    await Promise.all(load)
    expect(faults).toEqual([])
    expect(entries.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('watching', () => {
  const watched = async (files: Record<string, string>) => {
    const running = await startGateway(files, { watch: true })
    await new Promise((resolve) => setTimeout(resolve, 300))
    return running
  }
  const saysSoon = async (port: number, text: string) => {
    await until(async () => (await said(port)) === text, `it says ${text}`)
  }

  test('sees a file written in place, one replaced by an editor, and one in a new directory', async () => {
    const { port, directory, gateway } = await watched({ 'routes/say': says('one') })
    writeFiles(directory, { 'routes/say': says('two') })
    await saysSoon(port, 'two')
    writeFileSync(join(directory, 'routes/.say.swp'), says('three'))
    renameSync(join(directory, 'routes/.say.swp'), join(directory, 'routes/say.yaml'))
    await saysSoon(port, 'three')
    writeFiles(directory, { 'routes/deep/er/new': 'match: GET /new\nresponse: { body: {} }\n' })
    await until(() => gateway.snapshot.routes.length === 2)
    rmSync(join(directory, 'routes/deep'), { recursive: true })
    await until(() => gateway.snapshot.routes.length === 1)
  })

  test('sees both of two swaps of a ConfigMap', async () => {
    const directory = createDirectory()
    const mount = join(directory, 'mount')
    const publish = (version: string, text: string) => {
      mkdirSync(join(mount, version), { recursive: true })
      writeFileSync(join(mount, version, 'gateway.yaml'), 'routes: .\n')
      writeFileSync(join(mount, version, 'dictionary.yaml'), dictionary)
      writeFileSync(join(mount, version, 'say.yaml'), says(text))
      symlinkSync(version, join(mount, '..data_tmp'))
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    }
    mkdirSync(mount)
    writeFiles(directory, { gateway: 'routes: ../routes\nservices: ../services\n', dictionary })
    rmSync(join(directory, 'config'), { recursive: true })
    mkdirSync(join(directory, 'config/services'), { recursive: true })
    writeFileSync(join(directory, 'config/gateway.yaml'), 'routes: ../mount\n')
    writeFileSync(join(directory, 'config/dictionary.yaml'), dictionary)
    publish('..2026_1', 'one')
    symlinkSync('..data/say.yaml', join(mount, 'say.yaml'))
    const { gateway } = await startIn(directory, { watch: true })
    const { port } = await gateway.listen()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await said(port)).toBe('one')
    publish('..2026_2', 'two')
    rmSync(join(mount, '..2026_1'), { recursive: true })
    await saysSoon(port, 'two')
    publish('..2026_3', 'three')
    rmSync(join(mount, '..2026_2'), { recursive: true })
    await saysSoon(port, 'three')
  })

  test('goes where a changed gateway file points', async () => {
    const { port, directory } = await watched({ 'routes/say': says('one') })
    mkdirSync(join(directory, 'elsewhere'))
    writeFileSync(join(directory, 'elsewhere/say.yaml'), says('two'))
    writeFiles(directory, { gateway: 'routes: ../elsewhere\n' })
    await saysSoon(port, 'two')
    await new Promise((resolve) => setTimeout(resolve, 200))
    writeFileSync(join(directory, 'elsewhere/say.yaml'), says('three'))
    await saysSoon(port, 'three')
  })
})
