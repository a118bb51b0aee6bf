import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { matchesShown, parseGuide } from '../support/guide.ts'
import { createProject, projectRoot, type Running, runTessera, startTessera } from '../support/tessera.ts'

let home: string
let shop: string
let made: Awaited<ReturnType<typeof runTessera>>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tessera-init-'))
  shop = join(home, 'shop')
  made = await runTessera(['init', 'shop'], { cwd: home })
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Every file below a directory, with its text. */
function readAll(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]))
}

describe('init', () => {
  test('says what it wrote, and what to do next', () => {
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' })
    const files = Object.keys(readAll(shop))
    expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'config/services/greeter.yaml']))
    for (const file of files) expect(made.stdout).toContain(`wrote  shop/${file}\n`)
    expect(made.stdout).toContain('cd shop && npx tessera dev')
  })

  test('names in every YAML file a schema that is there', () => {
    const files = Object.entries(readAll(shop)).filter(([name]) => name.endsWith('.yaml'))
    expect(files.length).toBeGreaterThan(3)
    for (const [name, text] of files) {
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1]
      expect(() => JSON.parse(readFileSync(join(shop, name, '..', schema!), 'utf8'))).not.toThrow()
    }
  })

  test('makes a project whose README is right: dev answers, check is clean, tests pass and reach everything', async () => {
    const commands = parseGuide(readFileSync(join(shop, 'README.md'), 'utf8')).filter(
      (block) => block.kind === 'command',
    )
    let dev: Running | undefined
    let url = ''
    for (const { command, output: shown } of commands) {
      if (command === 'npx tessera serve') continue
      if (command === 'npx tessera dev') {
        dev = startTessera(['dev', '--port', '0', '--admin-port', '0'], { cwd: shop })
        await dev.until('Ctrl-C')
        url = /gateway +http:\/\/(\S+)/.exec(dev.stdout())![1]!
        expect(dev.stdout()).toContain(`curl ${url}/hello/world`)
        expect(dev.stdout()).not.toContain('trouble')
      } else if (command.startsWith('curl ')) {
        const page = command.replace('curl -s localhost:8080', '')
        expect(await (await fetch(`http://${url}${page}`)).text()).toBe(shown.join('\n'))
      } else {
        const { code, stdout } = await runTessera(command.split(' ').slice(2), { cwd: shop })
        expect({ command, code }).toEqual({ command, code: 0 })
        if (!matchesShown(stdout, shown)) expect(stdout).toBe(shown.join('\n'))
        if (command.includes('--coverage')) expect(stdout).toMatch(/100/)
      }
    }
    dev!.child.kill('SIGINT')
    const ended = await dev!.ended
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('a second time changes nothing', async () => {
    const before = readAll(shop)
    const { code, stdout } = await runTessera(['init'], { cwd: shop })
    expect(code).toBe(0)
    expect(stdout).not.toContain('wrote')
    expect(stdout).toContain('left   routes/hello.yaml (it is there already)')
    expect(readAll(shop)).toEqual(before)
  })

  test('keeps a file that is there, and writes the others', async () => {
    const project = await createProject({ 'README.md': 'mine', 'routes/hello.yaml': 'mine too' })
    const { code, stdout } = await runTessera(['init', project.root])
    const files = readAll(project.root)
    await project.remove()
    expect(code).toBe(0)
    expect([files['README.md'], files['routes/hello.yaml']]).toEqual(['mine', 'mine too'])
    expect(files['config/gateway.yaml']).toContain('listen')
    expect(stdout).toContain(`left   ${join(project.root, 'README.md')}`)
    expect(stdout).toContain('npx tessera check')
  })

  test('says it when the directory is a file', async () => {
    await writeFile(join(home, 'taken'), '')
    const { code, stderr } = await runTessera(['init', 'taken'], { cwd: home })
    expect(code).toBe(1)
    expect(stderr).toMatch(/taken.* is no directory\n$/)
  })
})

test('the package carries what init writes', () => {
  const { files } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  expect(files).toEqual(expect.arrayContaining(['templates', 'schemas']))
})
