import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createProject, goodProject, runTessera } from '../support/tessera.ts'

let project: Awaited<ReturnType<typeof createProject>>
beforeAll(async () => {
  project = await createProject(goodProject)
})
afterAll(() => project.remove())
const graph = (...args: string[]) => runTessera(['graph', ...args], { cwd: project.root })

describe('graph', () => {
  test('draws a route by its name as mermaid', async () => {
    const { code, stdout, stderr } = await graph('home')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^---\ntitle: "home: GET \/home"\n---\nflowchart TD\n/)
    expect(stdout).toContain('-->|"banner.list"|')
  })

  test('takes a file, and writes to another in the format of its ending', async () => {
    const out = join(project.root, 'home.svg')
    const { code, stdout } = await graph('routes/home.yaml', '--out', out)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    const svg = await readFile(out, 'utf8')
    expect(svg).toMatch(/^<svg xmlns=/)
    expect(svg).toContain('首页')
  })

  test('writes the graph as JSON and as DOT', async () => {
    const [json, dot] = await Promise.all([graph('home', '--format', 'json'), graph('home', '--format', 'dot')])
    expect(JSON.parse(json.stdout)).toMatchObject({ route: 'home', body: { shape: 'step', title: 'content.banners' } })
    expect(dot.stdout).toMatch(/^digraph "home" \{/)
  })

  test('asks whether another route was meant', async () => {
    const { code, stdout, stderr } = await graph('hoem')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe('no route or part is called `hoem`: did you mean `home`?\n')
  })

  test('says what is wrong with a configuration that does not load', async () => {
    const broken = await createProject({
      ...goodProject,
      'routes/home.yaml': 'match: GET /home\ntimeuot: 1s\nresponse: { body: 1 }\n',
    })
    const { code, stderr } = await runTessera(['graph', 'home'], { cwd: broken.root })
    await broken.remove()
    expect(code).toBe(1)
    expect(stderr).toContain('error[unknown-key]')
  })

  test('says that a file cannot be written', async () => {
    const { code, stderr } = await graph('home', '--out', 'nowhere/home.svg')
    expect(code).toBe(1)
    expect(stderr).toBe('nowhere/home.svg: no such file or directory\n')
  })
})
