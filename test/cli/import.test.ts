import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { startHttpServer } from '../support/servers.ts'
import { createProject, runTessera } from '../support/tessera.ts'

const petstore = fileURLToPath(new URL('../interchange/documents/petstore.yaml', import.meta.url))
const krakend = JSON.stringify({
  version: 3,
  port: 9000,
  endpoints: [
    {
      endpoint: '/users/{id}',
      extra_config: { 'qos/ratelimit/router': {} },
      backend: [{ host: ['http://users'], url_pattern: '/u/{id}', group: 'user' }],
    },
  ],
})

/** A folder with these files, and what a command says in it. */
async function folder(files: Record<string, string> = {}) {
  const { root, remove } = await createProject({ 'krakend.json': krakend, ...files })
  afterTest(remove)
  return {
    root,
    run: (...args: string[]) => runTessera(args, { cwd: root }),
    read: (name: string) => readFileSync(join(root, name), 'utf8'),
    list: () =>
      readdirSync(root, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('.yaml'))
        .sort(),
  }
}

describe('import', () => {
  test('makes a project where there is none, and it loads', async () => {
    const { run, read, list } = await folder()
    const { code, stdout, stderr } = await run('import', 'openapi', petstore, '--service', 'pets')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`wrote  config/gateway.yaml
wrote  config/dictionary.yaml (12 colors)
wrote  config/services/pets.yaml

Not as it was: 3
  $.components.securitySchemes.key: nothing is sent for it by itself; add \`headers: { x-key: … }\`
  $.components.securitySchemes.oauth: nothing is sent for it by itself; add \`headers: { authorization: … }\`
  $.servers: only the first server is taken, not http://staging

Next   npx tessera check
`)
    expect(list()).toEqual(['config/dictionary.yaml', 'config/gateway.yaml', 'config/services/pets.yaml'])
    expect(read('config/dictionary.yaml')).toContain('\n  pet.id: { type: integer, format: int64 }\n')
    expect((await run('check')).stdout).toMatch(/^0 routes, 1 service, 12 colors: no problems/)
  })

  test('writes routes and services of a KrakenD configuration, with what has no counterpart on top', async () => {
    const { run, read } = await folder()
    const { code, stdout } = await run('import', 'krakend', 'krakend.json', '--out', 'gateway')
    expect(code).toBe(0)
    expect(stdout).toContain(
      "  $.endpoints[0].extra_config['qos/ratelimit/router']: requests of this endpoint are not limited\n",
    )
    expect(stdout).toContain('Next   cd gateway && npx tessera check')
    expect(read('gateway/config/gateway.yaml')).toContain('listen: 9000')
    expect(read('gateway/routes/getUsersById.yaml')).toContain(
      "#   $.endpoints[0].extra_config['qos/ratelimit/router']: ",
    )
    expect((await run('check', '-c', 'gateway/config/gateway.yaml')).code).toBe(0)
  })

  test('leaves what is there, and adds colors to a dictionary only when asked', async () => {
    const mine = '# mine\ncolors:\n  param.id: { type: string }   # kept\n'
    const files = {
      'config/gateway.yaml': 'listen: 1234\nroutes: ../r\n',
      'config/dictionary.yaml': mine,
      'config/services/users.yaml': 'service: users\nendpoints: [http://mine]\n',
    }
    const { run, read, list } = await folder(files)
    const first = await run('import', 'krakend', 'krakend.json')
    expect(first.stdout).toContain(`wrote  config/dictionary.users.yaml
left   config/dictionary.yaml (it lacks 1 color of config/dictionary.users.yaml: add them, or run this again with --merge)
left   config/services/users.yaml (it is there already)
wrote  r/getUsersById.yaml
`)
    for (const [name, text] of Object.entries(files)) expect(read(name)).toBe(text)

    const merged = await run('import', 'krakend', 'krakend.json', '--merge')
    expect(merged.stdout).toContain('added  config/dictionary.yaml (1 color)\n')
    expect(read('config/dictionary.yaml')).toBe(`${mine}  part.user: { type: object }\n`)
    expect(read('config/services/users.yaml')).toContain('http://mine')

    const forced = await run('import', 'krakend', 'krakend.json', '--force')
    expect(forced.stdout).toContain(
      'wrote  config/services/users.yaml (overwritten)\nsame   r/getUsersById.yaml (nothing has changed)\n',
    )
    expect(read('config/services/users.yaml')).toContain('http://users')
    expect(read('config/gateway.yaml')).toBe(files['config/gateway.yaml'])
    expect(list()).toHaveLength(5)
    expect((await run('check')).code).toBe(0)
  })

  test('with --dry-run prints the files on standard output and the plan beside it, and writes nothing', async () => {
    const { run, list } = await folder({
      'w.yaml': 'name: w\ntasks: [{ name: a, taskType: HTTP, inputParameters: { url: http://a/x } }]\n',
    })
    const { code, stdout, stderr } = await run('import', 'conductor', 'w.yaml', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toContain('--- # config/services/a.yaml\n# From a Conductor workflow.\n')
    expect(stdout).toContain('--- # routes/w.yaml\n')
    expect(stderr).toContain('new    routes/w.yaml\n')
    expect(list()).toEqual(['w.yaml'])
  })

  test('reads a document from a URL, and takes relative servers from there', async () => {
    const server = startHttpServer((request, response) => {
      if (request.url === '/api/openapi.json')
        response.end(
          JSON.stringify({
            openapi: '3.1.0',
            info: { title: 'Pets' },
            servers: [{ url: '/v1' }],
            paths: { '/pets': { get: {} } },
          }),
        )
      else response.writeHead(404).end()
    })
    const { url: origin } = await opened(server)
    const { run, read } = await folder()
    expect((await run('import', 'openapi', `${origin}/api/openapi.json`)).code).toBe(0)
    expect(read('config/services/pets.yaml')).toContain(`- ${origin}/v1\n`)
    const missing = await run('import', 'openapi', `${origin}/nothing`)
    expect({ code: missing.code, stderr: missing.stderr }).toEqual({
      code: 1,
      stderr: `${origin}/nothing: the server answers 404\n`,
    })
  })

  test.each([
    [['openapi', 'nowhere.yaml'], 'nowhere.yaml: there is no such file'],
    [['krakend', '.'], '.: it is a directory'],
    [['openapi', 'krakend.json'], 'krakend.json: this is no OpenAPI 3 document'],
    [['krakend', 'broken.json'], 'broken.json: it is not valid JSON: '],
    [['openapi', 'broken.yaml'], 'broken.yaml: it is neither JSON nor YAML: '],
    [['openapi', 'http://127.0.0.1:9/x'], 'http://127.0.0.1:9/x: '],
    [['openapi', petstore, '--service', 'a b'], 'is no name for a service'],
  ])('says in a line why %j cannot be imported', async (args, message) => {
    const { root, run, list } = await folder({ 'broken.yaml': 'a: [1\nb: }' })
    writeFileSync(join(root, 'broken.json'), '{ "a": 1, }')
    const { code, stdout, stderr } = await run('import', ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.split('\n')).toHaveLength(2)
    expect(list()).toEqual(['broken.yaml'])
  })

  test('of an unknown format is wrong usage', async () => {
    const { run } = await folder()
    expect((await run('import', 'swagger', 'x')).code).toBe(2)
  })
})
