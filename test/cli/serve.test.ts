import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openedForAll } from '../support/cleanup.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import { createProject, goodProject, type Running, startTessera } from '../support/tessera.ts'

const free = ['--port', '0', '--admin-port', '0']
let backend: TestServer
let running: Running | undefined
let project: Awaited<ReturnType<typeof createProject>> | undefined
/** Ends the answers that the backend holds back. */
let release: () => void = () => {}
let asked: () => void = () => {}

beforeAll(async () => {
  backend = await openedForAll(
    startHttpServer((request, response) => {
      const answer = () => response.setHeader('content-type', 'application/json').end('{"items":["b1"]}')
      if (!request.url!.includes('slow')) return answer()
      release = answer
      asked()
    }),
  )
})
afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  await project?.remove()
  running = project = undefined
})

interface LogLine {
  level: string
  msg: string
  port?: number
  [field: string]: unknown
}

function linesOf({ stdout }: Pick<Running, 'stdout'>): LogLine[] {
  return stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine)
}

async function startServe() {
  const home = goodProject['routes/home.yaml']
  project = await createProject({ ...goodProject, 'routes/home.yaml': `${home}timeout: 30s\n`, ...slowService })
  running = startTessera(['serve', ...free], { cwd: project.root, env: { CONTENT_URL: backend.url, FORCE_COLOR: '1' } })
  await running.until('listening')
  const { port } = linesOf(running).find(({ msg }) => msg === 'listening')!
  return { serve: running, url: `http://127.0.0.1:${port}` }
}

const slowService = {
  'config/services/content.yaml': `timeout: 30s\n${goodProject['config/services/content.yaml']}`,
}

/** A request that the backend holds back, once the backend has it. */
async function holdRequest(url: string): Promise<{ answer: Promise<Response> }> {
  const arrived = new Promise<void>((resolve) => {
    asked = resolve
  })
  const answer = fetch(`${url}/home?user=slow`)
  answer.catch(() => {})
  await arrived
  return { answer }
}

describe('serve', () => {
  test('logs one JSON object a line: where it listens, every request, its end', async () => {
    const { serve, url } = await startServe()
    expect(await (await fetch(`${url}/home?user=u1`)).json()).toEqual({ banners: ['b1'] })
    serve.child.kill('SIGTERM')
    const { code, stderr } = await serve.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = linesOf(serve)
    expect(lines.map(({ msg }) => msg)).toEqual(['listening', 'request', 'draining', 'stopped'])
    expect(lines[1]).toMatchObject({ level: 'info', method: 'GET', route: 'home', status: 200 })
    expect(serve.stdout()).not.toContain('u1')
  })

  test('answers what it has accepted before it ends on SIGTERM', async () => {
    const { serve, url } = await startServe()
    const { answer } = await holdRequest(url)
    serve.child.kill('SIGTERM')
    await serve.until('draining')
    release()
    expect((await answer).status).toBe(200)
    expect((await serve.ended).code).toBe(0)
  })

  test('a second Ctrl-C ends it at once', async () => {
    const { serve, url } = await startServe()
    const { answer } = await holdRequest(url)
    serve.child.kill('SIGINT')
    await serve.until('draining')
    serve.child.kill('SIGINT')
    expect((await serve.ended).code).toBe(1)
    await expect(answer).rejects.toThrow()
  })

  test('SIGHUP does not end it', async () => {
    const { serve, url } = await startServe()
    serve.child.kill('SIGHUP')
    expect((await fetch(`${url}/home`)).status).toBe(200)
    serve.child.kill('SIGTERM')
    expect((await serve.ended).code).toBe(0)
  })

  test('tells people and machines why it cannot start, and ends with 1', async () => {
    project = await createProject({ ...goodProject, 'routes/home.yaml': 'match: GET home\ndo: []\nresponse: {}\n' })
    running = startTessera(['serve', ...free], { cwd: project.root })
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error\[invalid-match\]: .*\n --> routes\/home\.yaml:1:\d+\n/)
    expect(linesOf(running)).toMatchObject([
      { level: 'fatal', diagnostics: [{ code: 'invalid-match', file: 'routes/home.yaml', line: 1 }] },
    ])
  })

  test('ends with 1 when the port is taken', async () => {
    const port = new URL(backend.url).port
    project = await createProject(goodProject)
    running = startTessera(['serve', '--port', port, '--admin-port', '0'], { cwd: project.root })
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^port ${port} is taken: `))
    expect(linesOf(running).at(-1)).toMatchObject({ level: 'fatal' })
  })
})
