import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { createProject, goodProject, runTessera } from '../support/tessera.ts'

let project: Awaited<ReturnType<typeof createProject>>
beforeAll(async () => {
  project = await createProject({ ...goodProject, 'broken/gateway.yaml': 'listne: 1\n' })
})
afterAll(() => project.remove())

describe('export openapi', () => {
  test('prints the document as YAML, and as JSON', async () => {
    const [yaml, json] = await Promise.all([
      runTessera(['export', 'openapi'], { cwd: project.root }),
      runTessera(['export', 'openapi', '--format', 'json'], { cwd: project.root }),
    ])
    expect([yaml.code, json.code, yaml.stderr, json.stderr]).toEqual([0, 0, '', ''])
    expect(yaml.stdout).toMatch(/^openapi: 3\.1\.0\n/)
    expect(yaml.stdout).toContain("\n        '200':\n")
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout))
    expect(JSON.parse(json.stdout)).toMatchObject({ paths: { '/home': { get: { summary: '首页' } } } })
  })

  test('writes a file, in the notation of its ending', async () => {
    const { code, stdout } = await runTessera(['export', 'openapi', '--out', 'api.json'], { cwd: project.root })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(JSON.parse(readFileSync(join(project.root, 'api.json'), 'utf8'))).toMatchObject({ openapi: '3.1.0' })
  })

  test('of a configuration with errors prints these', async () => {
    const { code, stdout, stderr } = await runTessera(['export', 'openapi', '-c', 'broken/gateway.yaml'], {
      cwd: project.root,
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('error[unknown-key]')
  })

  test('of another format is wrong usage', async () => {
    expect((await runTessera(['export', 'wsdl'], { cwd: project.root })).code).toBe(2)
  })
})
