import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createProject, goodProject, projectRoot, runTessera, startTessera } from '../support/tessera.ts'

let good: Awaited<ReturnType<typeof createProject>>
let broken: Awaited<ReturnType<typeof createProject>>
let doubtful: Awaited<ReturnType<typeof createProject>>

beforeAll(async () => {
  const home = goodProject['routes/home.yaml']
  good = await createProject(goodProject)
  broken = await createProject({
    ...goodProject,
    'routes/home.yaml': home.replace('banners: $.banner.list', 'banners: $.banner.lisst'),
    'routes/second.yaml': 'match: GET /second\ntimeuot: 1s\n',
  })
  doubtful = await createProject({
    ...goodProject,
    'routes/home.yaml': home.replace(
      '  - invoke: content.banners',
      '  - try: [ { invoke: content.banners } ]\n    catch: [ { errors: [never-raised], do: [ { assign: { banner.list: [] } } ] } ]',
    ),
  })
})
afterAll(() => Promise.all([good.remove(), broken.remove(), doubtful.remove()]))

describe('check', () => {
  test('of a configuration without faults counts what it saw, and ends with 0', async () => {
    const { code, stdout, stderr } = await runTessera(['check'], { cwd: good.root })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^1 route, 1 service, 2 colors: no problems \(\d+ ms\)\n$/)
  })

  test('prints every fault with its line and a caret, sums up, and ends with 1', async () => {
    const { code, stdout } = await runTessera(['check'], { cwd: broken.root })
    expect(code).toBe(1)
    expect(stdout).toContain(
      [' --> routes/second.yaml:2:1', '2 | timeuot: 1s', '  | ^^^^^^^', '  = help: did you mean `timeout`?'].join('\n'),
    )
    expect(stdout).toMatch(/ --> routes\/home\.yaml:7:\d+\n7 \| {3}body: \{ banners: \$\.banner\.lisst \}\n/)
    expect(stdout).toMatch(/2 routes, 1 service, 2 colors: \d+ errors?.*\n$/)
  })

  test('ends with 0 on warnings, with 1 when it is strict', async () => {
    const [lenient, strict] = await Promise.all([
      runTessera(['check'], { cwd: doubtful.root }),
      runTessera(['check', '--strict'], { cwd: doubtful.root }),
    ])
    expect(lenient.stdout).toMatch(/warning\[unknown-error-code\]/)
    expect(lenient.stdout).toMatch(/: 1 warning \(/)
    expect([lenient.code, strict.code]).toEqual([0, 1])
  })

  test('takes another file and another directory of routes', async () => {
    const config = join(good.root, 'config/gateway.yaml')
    const elsewhere = await runTessera(['check', '--config', config])
    expect(elsewhere.code).toBe(0)
    const otherRoutes = await runTessera(['check', '-c', config, '--routes', join(broken.root, 'routes')])
    expect(otherRoutes.code).toBe(1)
    expect(otherRoutes.stdout).toContain('timeuot')
  })

  test('says that there is no configuration', async () => {
    const { code, stdout } = await runTessera(['check', '-c', 'nowhere/gateway.yaml'], { cwd: good.root })
    expect(code).toBe(1)
    expect(stdout).toContain('error[file-unreadable]')
    expect(stdout).toContain('nowhere/gateway.yaml')
  })

  test('does not fall over a file that is no YAML at all, or is a directory', async () => {
    const file = join(broken.root, 'routes/garbage.yaml')
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x5b, 0x00, 0x80]))
    const { code, stdout, stderr } = await runTessera(['check'], { cwd: broken.root })
    await rm(file)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain('routes/garbage.yaml')
    const directory = await runTessera(['check', '-c', broken.root])
    expect(directory.code).toBe(1)
    expect(directory.stdout).toContain('error[file-unreadable]')
  })

  test('paints for a terminal only, or when it must', async () => {
    const run = (env: Record<string, string>) => runTessera(['check'], { cwd: broken.root, env })
    const [plain, forced] = await Promise.all([run({}), run({ FORCE_COLOR: '1' })])
    expect(plain.stdout).not.toContain('\u001b')
    expect(forced.stdout).toContain('\u001b[31m')
  })

  test('in a format for programs prints that and nothing else, and ends as before', async () => {
    const formats = ['json', 'sarif', 'github']
    const ran = await Promise.all(
      formats.map((format) => runTessera(['check', '--format', format], { cwd: broken.root })),
    )
    expect(ran.map(({ code, stderr }) => ({ code, stderr }))).toEqual(formats.map(() => ({ code: 1, stderr: '' })))
    const [json, sarif, github] = ran.map(({ stdout }) => stdout)
    const slip = {
      code: 'unknown-key',
      severity: 'error',
      file: 'routes/second.yaml',
      line: 2,
      column: 1,
      endColumn: 8,
    }
    expect(JSON.parse(json!)).toContainEqual(expect.objectContaining(slip))
    expect(JSON.parse(sarif!).runs[0].results).toHaveLength(JSON.parse(json!).length)
    expect(github).toMatch(/^::error file=routes\/second\.yaml,line=2,col=1,endColumn=7,title=unknown-key::/m)
  })

  test('watching, checks again after an edit and ends well on Ctrl-C', async () => {
    const project = await createProject(goodProject)
    const home = goodProject['routes/home.yaml']
    const watching = startTessera(['check', '--watch'], { cwd: project.root })
    await watching.until('no problems')
    await writeFile(join(project.root, 'routes/home.yaml'), home.replace('banner.list', 'banner.lisst'))
    await watching.until(/unknown-color[\s\S]*: 1 error/)
    await writeFile(join(project.root, 'routes/home.yaml'), home)
    await watching.until(/1 error[\s\S]*no problems/)
    watching.child.kill('SIGINT')
    const { code, stdout, stderr } = await watching.ended
    await project.remove()
    expect(code).toBe(0)
    expect(stdout.match(/^1 route, 1 service/gm)).toHaveLength(3)
    expect(stderr.trim().split(/\s*\n+/)).toEqual(['routes/home.yaml changed', 'routes/home.yaml changed'])
  })

  test('reads secrets where it is told to, and only the variables that are listed', async () => {
    const token = "headers: { authorization: 'Bearer ${file:token}', x-shop: '${env.SHOP_ID}' }"
    const service = goodProject['config/services/content.yaml'].replace('operations:', `${token}\noperations:`)
    const project = await createProject({ ...goodProject, 'config/services/content.yaml': service, 'keys/token': 'x' })
    const check = (...more: string[]) =>
      runTessera(['check', ...more], { cwd: project.root, env: { SHOP_ID: 's1', OTHER: 'o' } })
    const [without, given, limited, other] = await Promise.all([
      check(),
      check('--secrets', 'keys'),
      check('--secrets', 'keys', '--env', 'PORT,SHOP_*'),
      check('--secrets', 'keys', '--env', 'OTHER'),
    ])
    await project.remove()
    expect([without, given, limited, other].map(({ code }) => code)).toEqual([1, 0, 0, 1])
    expect(without!.stdout).toContain('missing-secret')
    expect(other!.stdout).toContain('missing-env')
  })

  test('looks at the lists of endpoints that services name', async () => {
    const service = goodProject['config/services/content.yaml'].replace(
      /endpoints: .*/,
      'discover: { file: ../content.yaml }',
    )
    const files = { ...goodProject, 'config/services/content.yaml': service }
    const lists = ['- { url: http://10.0.0.1:80, wieght: 2 }', '- http://10.0.0.1:80']
    const projects = [
      await createProject(files),
      ...(await Promise.all(lists.map((text) => createProject({ ...files, 'config/content.yaml': text })))),
    ]
    const [none, bad, good] = await Promise.all(projects.map(({ root }) => runTessera(['check'], { cwd: root })))
    for (const project of projects) await project.remove()
    expect(none!.stdout).toMatch(/content\.yaml cannot be read as endpoints: it does not exist/)
    expect(bad!.stdout).toMatch(/entry 1 is no endpoint: `wieght` is no key of an endpoint, did you mean `weight`\?/)
    expect([none!.code, bad!.code, good!.code]).toEqual([1, 1, 0])
  })

  test('of the demo that comes with Tessera finds nothing', async () => {
    const { code, stdout } = await runTessera(['check', '--strict'], { cwd: projectRoot })
    expect(stdout).toMatch(/: no problems \(|hint/)
    expect(code).toBe(0)
  })
})
