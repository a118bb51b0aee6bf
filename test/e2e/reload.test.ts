import { appendFile, link, mkdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Backend, sendJson, startBackend } from '../support/backend.ts'
import type { Json } from '../support/fast-demo.ts'
import { get, startLoad } from '../support/load.ts'
import { ownFailures, type Served, startServe } from '../support/served.ts'
import { copyDemoConfig, writeProject } from '../support/served-project.ts'
import { pause, until } from '../support/waiting.ts'

const reloads = 20
const requestsPerSecond = 150

type Version = 'a' | 'b'

/**
 * One configuration in three files. Each of them leaves its mark on the answer: the dictionary by the type that `n` is
 * converted to, the service by the queries it sends, one call after the other, the route by a literal. The color's name differs too, so that files
 * of both versions together have errors: what the answers mix, the gateway mixed.
 */
const versions: Record<Version, { colors: string; service: string; route: string; n: unknown }> = {
  a: textsOf('a', 'string', '1'),
  b: textsOf('b', 'integer', 1),
}

function textsOf(name: Version, type: string, n: unknown) {
  return {
    n,
    colors: `  versioned.${name}: { type: string }
  again.${name}: { type: string }
  versioned.n: { type: ${type} }
`,
    service: `service: versioned
endpoints: ["\${env.VERSIONED_URL}"]
timeout: 5s
operations:
  word: { get: '/word?version=${name}', out: { versioned.${name}: $.version } }
  again: { get: '/again?version=${name}', out: { again.${name}: $.version } }
`,
    route: `match: GET /versioned
timeout: 5s
in: { versioned.n: query.n }
do: [ { invoke: versioned.word }, { invoke: versioned.again } ]
response:
  headers: { x-route: ${name} }
  body: { route: ${name}, first: $.versioned.${name}, second: $.again.${name}, n: $.versioned.n }
`,
  }
}

/** The resources of the process, printed at SIGUSR2. */
const reporter = `
process.on('SIGUSR2', () => {
  gc()
  const resources = process.getActiveResourcesInfo().filter((name) => !/Timeout|Immediate/.test(name))
  console.error('RESOURCES ' + JSON.stringify({ heap: process.memoryUsage().heapUsed, resources }))
})`
const nodeArgs = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(reporter)}`]

let backend: Backend

beforeAll(async () => {
  backend = await startBackend(({ target }, response) => {
    const version = new URL(target, 'http://backend').searchParams.get('version')
    // Some calls are under way while the configuration changes.
    setTimeout(() => sendJson(response, { version }), Math.random() * 40)
  })
})

describe('a reload', () => {
  let root: string
  let demoColors: string
  let gateway: Served

  beforeAll(async () => {
    root = await copyDemoConfig()
    // On a machine that is busy elsewhere the process would shed what this is to count.
    await appendFile(join(root, 'config/gateway.yaml'), '\noverload: false\n')
    demoColors = await readFile(join(root, 'config/dictionary.yaml'), 'utf8')
    await write('a', writeAtOnce)
    gateway = await startServe({ config: `${root}/config/gateway.yaml`, env: { VERSIONED_URL: backend.url }, nodeArgs })
  })

  test(`loses nothing and mixes nothing, ${reloads} times under load`, async () => {
    const load = startLoad(() => `${gateway.url}/versioned?n=1`, requestsPerSecond)
    const ways = [
      async () => {}, // the watcher sees it
      async () => gateway.signal('SIGHUP'),
      async () => void (await fetch(`${gateway.adminUrl}/-/reload`, { method: 'POST' })),
    ]
    let before: Resources | undefined
    for (let count = 1; count <= reloads; count += 1) {
      const version = count % 2 === 0 ? 'a' : 'b'
      await write(version, count % 4 < 2 ? replace : writeInPieces)
      // Two of three by hand, since the watcher waits until it is quiet.
      await ways[count % ways.length]!()
      await until(() => serves(version), `version ${version} serves`)
      if (count === reloads / 4) before = await readResources()
    }
    await load.stop()
    const after = await readResources()

    expect(load.failures).toEqual([])
    expect(load.replies.length).toBeGreaterThan(requestsPerSecond)
    const marks = load.replies.map(({ status, body }) => (status === 200 ? body : `${status} ${body}`))
    const allowed = (['a', 'b'] as const).map((name) =>
      JSON.stringify({ route: name, first: name, second: name, n: versions[name].n }),
    )
    expect([...new Set(marks)].sort()).toEqual(allowed)
    for (const { headers, body } of load.replies) expect(headers['x-route']).toBe(JSON.parse(body).route)

    // Each turn came to serve by one; a line may be on its way to us.
    const taken = () => gateway.lines().filter(({ msg }) => msg === 'configuration reloaded')
    await until(() => taken().length >= reloads, 'every reload is told')
    expect(ownFailures(gateway)).toEqual([])
    // Sockets to clients and the backend come and go with the load; none may come with a reload.
    expect(after.heapMb - before!.heapMb).toBeLessThan(8)
    expect(after.watches).toBeLessThanOrEqual(before!.watches)
    expect(after.others).toEqual(before!.others)
    expect(after.sockets).toBeLessThan(before!.sockets + 20)
    // Those to the backend are kept for a while, and so may be a few of ours to the admin listener.
    const areClosed = async () => (await readResources()).sockets <= backend.openSockets() + 4
    await until(areClosed, 'the connections of the load are closed')
  })

  test('of a broken file keeps what serves, and says so', async () => {
    await write('a', replace)
    await until(() => serves('a'), 'version a serves')
    const file = join(root, 'routes/versioned.yaml')
    await writeFile(file, versions.a.route.replace('versioned.word', 'versioned.wrod'))
    await until(async () => (await metric('tessera_config_last_reload_successful')) === 0, 'the metric says no')
    expect((await get(`${gateway.url}/versioned?n=1`)).body).toContain('"route":"a"')

    const told = await getJson(`${gateway.adminUrl}/-/diagnostics`)
    expect(told).toMatchObject({ ok: false })
    expect(told.diagnostics[0]).toMatchObject({
      severity: 'error',
      code: 'unknown-operation',
      file: expect.stringMatching(/routes\/versioned\.yaml$/),
      line: 4,
      help: expect.stringContaining('word'),
    })
    const refused = await fetch(`${gateway.adminUrl}/-/reload`, { method: 'POST' })
    expect([refused.status, ((await refused.json()) as Json).ok]).toEqual([422, false])
    expect(await (await fetch(`${gateway.adminUrl}/readyz?verbose`)).text()).toContain('[-] last-reload')
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200)

    await writeFile(file, versions.a.route)
    await until(async () => (await metric('tessera_config_last_reload_successful')) === 1, 'the metric says yes')
    expect((await getJson(`${gateway.adminUrl}/-/diagnostics`)).ok).toBe(true)
    expect((await get(`${gateway.url}/versioned?n=1`)).status).toBe(200)
  })

  test('takes a new file and forgets one that is gone', async () => {
    await writeFile(join(root, 'routes/new.yaml'), 'match: GET /new\nresponse: { body: { new: true } }\n')
    await until(async () => (await get(`${gateway.url}/new`)).status === 200, 'the new route is there')
    await rename(join(root, 'routes/new.yaml'), join(root, 'routes/new.txt'))
    await until(async () => (await get(`${gateway.url}/new`)).status === 404, 'the new route is gone')
  })

  async function write(version: Version, put: (file: string, text: string) => Promise<void>): Promise<void> {
    const { colors, service, route } = versions[version]
    await put(join(root, 'config/dictionary.yaml'), demoColors + colors)
    await put(join(root, 'config/services/versioned.yaml'), service)
    await put(join(root, 'routes/versioned.yaml'), route)
  }

  async function serves(version: Version): Promise<boolean> {
    return (await get(`${gateway.url}/versioned?n=1`)).headers['x-route'] === version
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text()
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)![1])
  }

  async function readResources(): Promise<Resources> {
    const count = () => gateway.output().split('RESOURCES ').length
    const before = count()
    gateway.signal('SIGUSR2')
    await until(() => count() > before && gateway.output().endsWith('\n'), 'a report')
    const { heap, resources } = JSON.parse(gateway.output().split('RESOURCES ').at(-1)!.split('\n')[0]!)
    const those = (pattern: RegExp) => resources.filter((name: string) => pattern.test(name))
    return {
      heapMb: heap / 1e6,
      sockets: those(/^TCPSocketWrap/).length,
      watches: those(/^FSEvent/).length,
      others: those(/^(?!TCPSocketWrap|FSEvent)(?!.*(Req|Shutdown|Connect|Write))/).sort(),
    }
  }
})

interface Resources {
  readonly heapMb: number
  readonly sockets: number
  readonly watches: number
  /** By name, without requests under way. */
  readonly others: readonly string[]
}

describe('a configuration behind links', () => {
  const route = (word: string) => `match: GET /word\nresponse: { body: ${word} }\n`
  const ask = async (gateway: Served) => (await get(`${gateway.url}/word`)).body

  test('as Kubernetes mounts a ConfigMap is seen at every swap', async () => {
    const root = await writeProject({ 'routes/..2026_1/word.yaml': route('one') })
    const routes = join(root, 'routes')
    await symlink('..2026_1', join(routes, '..data'))
    await symlink('..data/word.yaml', join(routes, 'word.yaml'))
    const gateway = await startServe({ config: `${root}/config/gateway.yaml` })
    expect(await ask(gateway)).toBe('"one"')
    for (const [version, word] of [
      ['..2026_2', 'two'],
      ['..2026_3', 'three'],
      ['..2026_4', 'four'],
    ] as const) {
      // What kubelet's atomic writer does: a new directory, a new link, one rename.
      await mkdir(join(routes, version))
      await writeFile(join(routes, version, 'word.yaml'), route(word))
      await symlink(version, join(routes, '..data_tmp'))
      await rename(join(routes, '..data_tmp'), join(routes, '..data'))
      await until(async () => (await ask(gateway)) === `"${word}"`, `${word} serves`)
    }
  })

  test('that no watcher sees change is read anew at SIGHUP, and polled', async () => {
    const root = await writeProject({ 'elsewhere/word.yaml': route('one') })
    const file = join(root, 'elsewhere/word.yaml')
    // A second name of the same file: what is written through the first is no event of the directory.
    await link(file, join(root, 'routes/word.yaml'))
    const gateway = await startServe({ config: `${root}/config/gateway.yaml` })
    const { atime, mtime } = await stat(file)
    for (const word of ['two', 'six', 'ten']) {
      // As long as it was, and as old: polling, too, sees no difference.
      await writeFile(file, route(word))
      await utimes(file, atime, mtime)
      gateway.signal('SIGHUP')
      await until(async () => (await ask(gateway)) === `"${word}"`, `${word} serves`)
    }
    await writeFile(file, route('polled'))
    await until(async () => (await ask(gateway)) === '"polled"', 'polled serves')
  })
})

async function getJson(url: string): Promise<Json> {
  return (await fetch(url)).json()
}

async function writeAtOnce(file: string, text: string): Promise<void> {
  await writeFile(file, text)
}

/** As careful editors and deployments do. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

/** As careless ones do: for a moment the file is empty, then it is a half, which ends inside of braces. */
async function writeInPieces(file: string, text: string): Promise<void> {
  const half = text.lastIndexOf('{') + 3
  await writeFile(file, '')
  await pause(3)
  await writeFile(file, text.slice(0, half))
  await pause(3)
  await writeFile(file, text)
}
