import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createProject, goodProject, projectRoot, runTessera } from '../support/tessera.ts'

let project: Awaited<ReturnType<typeof createProject>>
beforeAll(async () => {
  project = await createProject(goodProject)
})
afterAll(() => project.remove())
const explain = (...args: string[]) => runTessera(['explain', ...args], { cwd: project.root })

describe('explain', () => {
  test('of a route says who feeds what, which policy holds where, how long it takes and what is forwarded', async () => {
    const { code, stdout, stderr } = await explain('home')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`home  GET /home
首页 · routes/home.yaml
budget 1s  built-in
maxCalls 1000  built-in
maxWork 2M  built-in

Request
  user.id pii  query.user, may be absent  routes/home.yaml:3

Steps
  content.banners  GET /banners  routes/home.yaml:5
    query.user pii  ← user.id from request query.user routes/home.yaml:3
    timeout  1s                  built-in
    body     passed on unparsed

Response
  200
    banner.list from banners routes/home.yaml:5

At worst
  1s by the calls on the critical path
    banners  1s  1s

Calls of one request
  content.banners  1

What is forwarded
  content
    content.banners  GET /banners
      query.user  ← user.id  user.id is pii
  Every call also carries accept, accept-encoding, x-request-id, traceparent, tracestate, baggage
  and x-envoy-expected-rq-timeout-ms. Nothing else of the client’s request leaves the gateway.
`)
  })

  test('of a color says who gives, reads and sees it', async () => {
    const { code, stdout } = await explain('user.id')
    expect(code).toBe(0)
    expect(stdout).toContain('user.id  pii  config/dictionary.yaml:2\n')
    expect(stdout).toContain('Sent to\n  content.banners  query.user  in home\n')
    expect(stdout).toContain('Answered in\n  no response\n')
  })

  test('of a code shows its page, also where there is no project', async () => {
    const { code, stdout, stderr } = await runTessera(['explain', 'sibling-read'], { cwd: tmpdir() })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('error[sibling-read]\nA step of a parallel does not read what its sibling writes.\n')
    expect(stdout).toContain('\nWrong\n  routes/home.yaml\n    match: GET /home\n')
    expect(stdout).toContain('  6 |       - invoke: reco.recommend\n    |                 ^^^^^^^^^^^^^^\n')
  })

  test('of a hint says how to silence it', async () => {
    const { stdout } = await explain('unused-output')
    expect(stdout).toContain('# tessera-ignore unused-output')
  })

  test('of an error of a request says what it is answered with', async () => {
    const [timeout, status] = await Promise.all([explain('timeout'), explain('http-503')])
    expect(timeout.stdout).toMatch(/^timeout {2}answered with 504\n/)
    expect(status.stdout).toMatch(/^http-<status> {2}answered with 502\n/)
  })

  test('gives all of it as JSON', async () => {
    const [route, color, code] = await Promise.all(
      ['home', 'user.id', 'sibling-read'].map((name) => explain(name, '--format', 'json')),
    )
    expect(JSON.parse(route!.stdout)).toMatchObject({ route: 'home', latency: { ms: 1000 }, calls: [{ most: 1 }] })
    expect(JSON.parse(color!.stdout)).toMatchObject({ color: 'user.id', sensitivity: 'pii' })
    expect(JSON.parse(code!.stdout)).toMatchObject({ kind: 'diagnostic', severity: 'error' })
  })

  test('asks whether another name was meant, of whatever kind', async () => {
    const names = ['user.iid', 'hoem', 'sibling-raed', 'circut-open']
    const answers = await Promise.all(names.map((name) => explain(name)))
    expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2])
    expect(answers.map(({ stderr }) => /did you mean `(.*)`/.exec(stderr)?.[1])).toEqual([
      'user.id',
      'home',
      'sibling-read',
      'circuit-open',
    ])
    const far = await explain('quite-something-else')
    expect(far.stderr).toBe(
      'nothing is called `quite-something-else`: no route, color, code or word of the language is like it\n',
    )
  })

  test('names the codes of the project itself', async () => {
    const { code, stdout } = await runTessera(['explain', 'session-expired'], { cwd: projectRoot })
    expect(code).toBe(0)
    expect(stdout).toContain('users.session answers 401')
    expect(stdout).toContain('a catch in mobile-home')
  })
})

describe('explain of a word of the language', () => {
  test('tells what a step, an operator, a function and a policy are for, and where a key may stand', async () => {
    const { code, stdout, stderr } = await explain('retry')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`retry  a policy
Another attempt after a failure; only for idempotent methods. Of a list, the first whose \`on\` has
the failure decides.

Example
  retry: { attempts: 2, delay: 20ms, on: [unavailable, http-503] }

Where
  gateway.defaults.call.retry
  gateway.presets.NAME.call.retry
  service.retry
  service.operations.NAME.retry
  step invoke.invoke.retry
  step invoke.retry

retry  a key
How often it is tried before the run is parked: 10 times unless given, from 1s on.

Where
  step invoke.compensate.retry
`)
    expect((await explain('forEach')).stdout).toMatch(/^forEach {2}a step\n[\s\S]*Example\n {2}- forEach: /)
    expect((await explain('forEach')).stdout).not.toContain('a key')
    expect((await explain('$join')).stdout).toMatch(/^\$join {2}an operator\n/)
    expect((await explain('startsWith')).stdout).toContain("'tessera'.startsWith('tess') → true")
  })

  test('needs no project, and stands behind a code of the same name', async () => {
    const alone = await runTessera(['explain', 'repeat'], { cwd: tmpdir() })
    expect({ code: alone.code, stderr: alone.stderr }).toEqual({ code: 0, stderr: '' })
    const { stdout } = await explain('timeout', '--format', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ code: 'timeout', status: 504, word: 'timeout' })
    expect((await explain('timeout')).stdout).toMatch(/answered with 504[\s\S]*timeout {2}a policy/)
  })
})
