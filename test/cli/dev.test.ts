import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openedForAll } from '../support/cleanup.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import {
  answerBanners,
  createProject,
  goodProject,
  mainScript,
  type Running,
  startTessera,
} from '../support/tessera.ts'

const free = ['--port', '0', '--admin-port', '0']
let backend: TestServer
let running: Running | undefined
let project: Awaited<ReturnType<typeof createProject>> | undefined

beforeAll(async () => {
  backend = await openedForAll(startHttpServer(answerBanners))
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  await project?.remove()
  running = project = undefined
})

/** Starts `tessera dev` in a small project, and gives where it listens. */
async function startDev(files: Record<string, string> = goodProject, args: readonly string[] = ['--no-demo']) {
  project = await createProject(files)
  running = startTessera(['dev', ...free, ...args], { cwd: project.root, env: { CONTENT_URL: backend.url } })
  await running.until('Ctrl-C')
  return { root: project.root, dev: running, url: urlOf(running) }
}

function urlOf({ stdout }: Running): string {
  return /gateway +(http:\S+)/.exec(stdout())![1]!
}

describe('dev', () => {
  test('says where it listens, which routes there are and what to try', async () => {
    const { dev, url } = await startDev()
    expect(dev.stdout()).toMatch(/console +http:\/\/127\.0\.0\.1:\d+\/console/)
    expect(dev.stdout()).toMatch(/config +config\/gateway\.yaml \(version [0-9a-f]{12}; /)
    expect(dev.stdout()).toContain('1 route\n  GET    /home  home  首页\n')
    expect(dev.stdout()).toContain(`curl ${url.replace('http://', '')}/home`)
    expect(dev.stdout()).not.toContain('trouble')
  })

  test('draws every request, and ends with 0 on Ctrl-C', async () => {
    const { dev, url } = await startDev()
    expect(await (await fetch(`${url}/home`)).json()).toEqual({ banners: ['b1'] })
    await dev.until(/GET \/home {2}200 {2}[\d.]+ ms of 1000 ms {2}18 B {2}home\n {2}✓ banners +━+/)
    expect((await fetch(`${url}/nowhere`)).status).toBe(404)
    await dev.until(/GET \/nowhere {2}404 .* no route/)
    dev.child.kill('SIGINT')
    expect((await dev.ended).code).toBe(0)
  })

  test('takes an edit over at once, and keeps what runs when an edit is broken', async () => {
    const { root, dev, url } = await startDev()
    const file = join(root, 'routes/home.yaml')
    const good = goodProject['routes/home.yaml']
    const better = good.replace('banners: $.banner.list', 'list: $.banner.list')

    await writeFile(file, better)
    await dev.until(/reloaded routes\/home\.yaml changed \(version [0-9a-f]{12}, /)
    expect(await (await fetch(`${url}/home`)).json()).toEqual({ list: ['b1'] })

    await writeFile(file, better.replace('content.banners', 'content.banner'))
    await dev.until(/the running configuration stays \(version [0-9a-f]{12}\)/)
    expect(dev.stdout()).toContain(' --> routes/home.yaml:5:21\n5 |   - invoke: content.banner\n')
    expect(`${dev.stdout()}${dev.stderr()}`.match(/--> routes\/home\.yaml:5:21/g)).toHaveLength(1)
    expect(await (await fetch(`${url}/home`)).json()).toEqual({ list: ['b1'] })

    await writeFile(file, better)
    await dev.until(/mended: version [0-9a-f]{12} runs on/)
    await writeFile(join(root, 'routes/second.yaml'), good.replace('/home', '/second'))
    await dev.until('reloaded routes/second.yaml added')
    expect((await fetch(`${url}/second`)).status).toBe(200)
  })

  test('ends when npm, which started it by a shell, was killed', async () => {
    const goOn = `require('node:child_process').spawn(process.execPath, process.argv.slice(2), { stdio: ['ignore', 1, 2] })`
    project = await createProject({ ...goodProject, 'npm.cjs': goOn, 'shell.cjs': goOn })
    running = startTessera([join(project.root, 'shell.cjs'), mainScript, 'dev', ...free, '--no-demo'], {
      cwd: project.root,
      script: join(project.root, 'npm.cjs'),
      env: { CONTENT_URL: backend.url, npm_command: 'start' },
    })
    await running.until('Ctrl-C')
    running.child.kill('SIGKILL')
    // All print to the same place, which is closed by the last of them.
    expect(await running.ended).toMatchObject({ code: null, stderr: '' })
  })

  test('starts the demo backends that lie beside the configuration, and gives their addresses to it', async () => {
    const demo = `export async function startDemoBackends() {
      const env = { CONTENT_URL: '${backend.url}' }
      return { env, services: [{ name: 'fake', url: '' }], controlUrl: '', stop: async () => console.log('demo stopped') }
    }`
    const files = { 'package.json': '{"type":"module"}', 'demo/main.ts': demo, 'demo/trouble.ts': '' }
    project = await createProject({ ...goodProject, ...files })
    running = startTessera(['dev', ...free], { cwd: project.root })
    await running.until('Ctrl-C')
    expect(running.stdout()).toMatch(/backends +fake/)
    expect(running.stdout()).toContain('npm run trouble -- reco status 500')
    expect((await fetch(`${urlOf(running)}/home`)).status).toBe(200)
    running.child.kill('SIGTERM')
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toContain('demo stopped')
  })

  test('runs the demo of Tessera itself where there is no configuration', async () => {
    project = await createProject({})
    const env = { DEMO_PORT_BASE: '0', DEMO_LATENCY: '0' }
    running = startTessera(['dev', ...free], { cwd: project.root, env })
    await running.until('Ctrl-C')
    expect(running.stdout()).toMatch(/^There is no config\/gateway\.yaml here, so this is Tessera's own demo\./)
    expect(running.stdout()).toMatch(/ {2}node .*demo\/trouble\.ts reco status 500/)
    expect((await fetch(`${urlOf(running)}/mobile/home?city=paris`)).status).toBe(200)
    await running.until(/GET \/mobile\/home {2}200 .*\n( {2}\S .*\n){3}/)
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('says in one line that the port is taken, and ends with 1', async () => {
    const port = new URL(backend.url).port
    project = await createProject(goodProject)
    running = startTessera(['dev', '--no-demo', '--port', port], { cwd: project.root })
    expect(await running.ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `port ${port} is taken: end what listens there, or choose another with --port or --admin-port\n`,
    })
  })

  test('prints what is wrong with a configuration that never was right, and ends with 1', async () => {
    project = await createProject({ ...goodProject, 'config/gateway.yaml': 'lisen: 8080\n' })
    running = startTessera(['dev', '--no-demo'], { cwd: project.root })
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error\[unknown-key\]: .*\n --> config\/gateway\.yaml:1:1\n1 \| lisen: 8080\n/)
  })
})
