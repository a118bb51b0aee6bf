import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createProject, type Ended, goodProject, projectRoot, runTessera, startTessera } from '../support/tessera.ts'

const packageJson = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
const paintStart = '\u001b['

describe('help', () => {
  test('names every command, with examples and exit codes', async () => {
    const { code, stdout, stderr } = await runTessera(['--help'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const command of ['dev', 'serve', 'check']) expect(stdout).toContain(`  tessera ${command}`)
    expect(stdout).toContain('Exit codes')
  })

  test.each(['dev', 'serve', 'check'])('tells the options of %s, with examples', async (command) => {
    const { code, stdout } = await runTessera([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--config <file>')
    expect(stdout).toContain('--routes <dir>')
    expect(stdout).toContain('Examples')
  })

  test('is plain in a file and under NO_COLOR, painted under FORCE_COLOR', async () => {
    const [plain, forced, refused] = await Promise.all([
      runTessera(['--help']),
      runTessera(['--help'], { env: { FORCE_COLOR: '1' } }),
      runTessera(['--help'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ])
    expect(plain.stdout).not.toContain(paintStart)
    expect(forced.stdout).toContain(paintStart)
    expect(refused.stdout).not.toContain(paintStart)
  })
})

test('prints the version of the package', async () => {
  expect(await runTessera(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
})

describe('wrong usage ends with 2 and says what was meant', () => {
  test.each([
    [['chek'], 'Did you mean check?'],
    [['check', '--stric'], 'Did you mean --strict?'],
    [['serve', '--port', 'http'], 'a number from 0 to 65535'],
    [['serve', '--admin-port', '70000'], 'a number from 0 to 65535'],
    [['dev', '--log-level', 'loud'], 'Allowed choices are trace, debug'],
    [['check', 'routes'], 'too many arguments'],
    [[], 'Usage: tessera'],
  ])('tessera %j', async (args, message) => {
    const { code, stdout, stderr } = await runTessera(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })
})

test('says which Node it needs, before anything is imported that an older one cannot read', async () => {
  const pretend = (version: string) => [
    '--import',
    `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`,
  ]
  const wanted = String(packageJson.engines.node).replace('>=', '')
  const old = await startTessera(['--version'], { nodeArgs: pretend('22.18.9') }).ended
  expect(old).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`needs Node ${wanted} or newer`) })
  expect((await startTessera(['--version'], { nodeArgs: pretend(`${wanted}.0`) }).ended).code).toBe(0)
})

test('every command that ends does so in a process of its own, and tells there what it tells here', async () => {
  const commands = [
    ...[
      'init shop',
      'check',
      'test',
      'eval $.a a.json',
      'graph home',
      'explain home',
      'schema --out schemas',
      'import',
    ],
    ...['export openapi', 'key list --file keys.yaml', 'user list --file users.yaml', 'chek'],
  ]
  const run = async (tell: (args: string[], options: { cwd: string }) => Promise<Ended>) => {
    const { root, remove } = await createProject({ ...goodProject, 'a.json': '{"a":1}' })
    const told = await Promise.all(commands.map((command) => tell(command.split(' '), { cwd: root })))
    await remove()
    const steady = (text: string) => text.replaceAll(root, '').replaceAll(/[\d.]+ m?s\b/g, 'a while')
    return told.map(({ code, stdout, stderr }, at) => [commands[at], code, steady(stdout), steady(stderr)])
  }
  const inProcesses = await run((args, options) => startTessera(args, options).ended)
  expect(inProcesses).toEqual(await run(runTessera))
  expect(inProcesses.filter(([, code]) => code === 0)).toHaveLength(9)
})
