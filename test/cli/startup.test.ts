import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openedForAll } from '../support/cleanup.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import {
  answerBanners,
  createProject,
  goodProject,
  mainScript,
  projectRoot,
  type Running,
  startTessera,
} from '../support/tessera.ts'
import { until } from '../support/waiting.ts'

const recorder = fileURLToPath(new URL('../support/record-modules.mjs', import.meta.url))
let backend: TestServer
let project: Awaited<ReturnType<typeof createProject>>
let running: Running | undefined

beforeAll(async () => {
  backend = await openedForAll(startHttpServer(answerBanners))
  project = await createProject(goodProject)
})
afterAll(async () => {
  await project.remove()
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  running = undefined
})

/** Runs Tessera with a recorder; `loaded` gives what it has loaded by now. */
function startRecorded(args: readonly string[], script = mainScript) {
  const record = join(project.root, 'modules.txt')
  rmSync(record, { force: true })
  const env = { CONTENT_URL: backend.url, RECORD_MODULES_IN: record }
  const tessera = startTessera(args, { cwd: project.root, env, nodeArgs: ['--import', recorder], script })
  running = tessera
  return {
    tessera,
    async loaded(): Promise<string[]> {
      if (tessera.child.exitCode === null) tessera.child.kill('SIGUSR2')
      await until(() => existsSync(record))
      const modules = readFileSync(record, 'utf8').split('\n')
      rmSync(record)
      return modules
    },
  }
}

/** What of these stands in the list, by a piece of its URL or name. */
function among(modules: readonly string[], pieces: readonly string[]): string[] {
  return pieces.filter((piece) => modules.some((module) => module.includes(piece)))
}

const library = (name: string) => `/node_modules/${name}/`
/** Modules are named by their URLs. */
const room = (name: string) => `${pathToFileURL(dirname(mainScript)).href}/${name}/`

/** What the first answer has no use for. Each was seen to cost 5 to 100 ms, and up to 30 MB. */
const needless = [
  ...['express', 'http-proxy-middleware', 'undici', 'ajv', 'prom-client', 'pino-pretty', 'proxy-addr', 'yaml'],
  ...['vscode-languageserver', 'vscode-languageserver-textdocument', 'vscode-jsonrpc'],
  ...['saxes', 'protobufjs', '@dbos-inc/dbos-sdk', 'pg'],
  ...['json-p3', 'jsonpath-plus', '@opentelemetry/sdk-node', '@opentelemetry/api'],
].map(library)
const needlessRooms = ['testing', 'interchange', 'describe', 'editor', 'durable'].map(room)
/** Node's own: an `import` of `node:http` would load them all (server/http/node-http.ts). */
const needlessOfNode = ['node:internal/deps/undici/undici', 'node:http2', 'node:https', 'node:internal/webstreams/']

describe('serve, when it has given its first answer', () => {
  test('has loaded nothing that the answer did not need', async () => {
    const { tessera, loaded } = startRecorded(['serve', '--port', '0', '--admin-port', '0'])
    await tessera.until('listening')
    const { port, adminPort } = JSON.parse(tessera.stdout().split('\n')[0]!) as Record<string, number>
    const response = await fetch(`http://127.0.0.1:${port}/home`)
    expect(await response.json()).toEqual({ banners: ['b1'] })
    const modules = await loaded()
    expect(among(modules, [library('zod'), room('server'), 'node:net'])).toHaveLength(3)
    expect(among(modules, [...needless, ...needlessRooms, ...needlessOfNode])).toEqual([])
    // Nor has a request for what is nowhere, which anyone can make.
    expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404)
    expect(among(await loaded(), [...needless, ...needlessRooms, ...needlessOfNode])).toEqual([])
    // What is loaded later is seen, so what was not seen was not loaded.
    expect((await fetch(`http://127.0.0.1:${adminPort}/metrics`)).status).toBe(200)
    expect(among(await loaded(), needless)).toEqual(expect.arrayContaining(['express', 'prom-client'].map(library)))
  })
})

describe('a checkout that was started before', () => {
  const checkout = join(projectRoot, 'tessera.js')
  const reader = 'node:internal/deps/amaro/'

  test('strips no types', async () => {
    await startRecorded(['check'], checkout).tessera.ended
    const { tessera, loaded } = startRecorded(['check'], checkout)
    expect(await tessera.ended).toMatchObject({ code: 0 })
    expect(among(await loaded(), [room('plan'), reader])).toEqual([room('plan')])
  })
})
