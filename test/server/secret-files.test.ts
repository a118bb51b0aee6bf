import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { ConfigurationError } from '../../src/server/gateway.ts'
import { afterTest, createDirectory } from '../support/cleanup.ts'
import { type Files, startGateway, writeFiles } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute, wordService } from '../support/words.ts'

interface Asked {
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** A gateway whose service sends what is in the files of a directory. */
async function start(keys: string, secrets: Readonly<Record<string, string>>, files: Files = {}) {
  const asked: Asked[] = []
  const backend = await startHttpServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      asked.push({ headers: request.headers, body })
      response.setHeader('content-type', 'application/json').end('{"word":"well"}')
    })
  })
  afterTest(() => backend.close())
  const directory = createDirectory()
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(directory, name), text)
  const running = await startGateway(
    { 'services/words': wordService(backend.url, keys), 'routes/word': wordRoute, ...files },
    { secrets: directory },
  )
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/word`)
    return { status: answer.status, body: await answer.text(), sent: asked.at(-1)! }
  }
  const metrics = async () => (await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)).text()
  return { ...running, secrets: directory, ask, metrics }
}

const bearer = "headers: { authorization: 'Bearer ${file:token}' }"

/** What is wrong with a configuration that may read these files. */
async function faults(keys: string, secrets: Readonly<Record<string, string | Uint8Array>>, files: Files = {}) {
  const directory = createDirectory()
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(directory, name), text)
  try {
    await startGateway(
      { 'services/words': wordService('http://127.0.0.1:9', keys), 'routes/word': wordRoute, ...files },
      { secrets: directory },
    )
    return []
  } catch (thrown) {
    return (thrown as ConfigurationError).diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code}: ${message.replaceAll(directory, 'DIR')}`)
  }
}

describe('the text of a file', () => {
  test('is sent without the newline at its end, and no other', async () => {
    const { ask } = await start("headers: { a: '${file:one}', b: 'x-${file:two}-y', c: '${file:three}' }", {
      one: 'k$$1\n',
      two: '$.request.ip\r\n',
      three: ' 007 ',
    })
    expect((await ask()).sent.headers).toMatchObject({ a: 'k$$1', b: 'x-$.request.ip-y', c: '007' })
  })

  test('is data in a body and an assignment, whatever stands in it', async () => {
    const route = `match: GET /word
do:
  - assign: { anything: '\${file:one}' }
  - invoke: words.say
response: { body: 1 }`
    const service = `service: words
endpoints: [BACKEND]
operations:
  say: { post: /say, body: { pin: $.anything, both: 'a\${file:one}b', list: ['\${file:two}'] } }`
    const asked: string[] = []
    const backend = await startHttpServer((request, response) => {
      request.on('data', (piece) => asked.push(String(piece)))
      request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
    })
    afterTest(() => backend.close())
    const secrets = createDirectory()
    writeFileSync(join(secrets, 'one'), "0042\n\n' || true")
    writeFileSync(join(secrets, 'two'), '${ 1 + 1 }')
    const { port } = await startGateway(
      { 'services/words': service.replace('BACKEND', backend.url), 'routes/word': route },
      { secrets },
    )
    expect((await fetch(`http://127.0.0.1:${port}/word`)).status).toBe(200)
    const pin = "0042\n\n' || true"
    expect(JSON.parse(asked.join(''))).toEqual({ pin, both: `a${pin}b`, list: ['${ 1 + 1 }'] })
  })

  test('is another one for every request that begins after it has changed, and nothing is reloaded', async () => {
    const { ask, secrets, gateway } = await start(bearer, { token: 'first\n' })
    const { version } = gateway.snapshot
    expect((await ask()).sent.headers['authorization']).toBe('Bearer first')
    for (const text of ['second', 'third']) {
      writeFileSync(join(secrets, 'token'), text)
      expect((await ask()).sent.headers['authorization']).toBe(`Bearer ${text}`)
    }
    writeFileSync(join(secrets, 'next'), 'fourth')
    renameSync(join(secrets, 'next'), join(secrets, 'token'))
    expect((await ask()).sent.headers['authorization']).toBe('Bearer fourth')
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: false, version })
    expect((await ask()).sent.headers['authorization']).toBe('Bearer fourth')
  })

  test('is followed where a mounted secret is replaced as a whole', async () => {
    const { ask, secrets } = await start("headers: { authorization: 'Bearer ${file:db/token:-none}' }", {})
    expect((await ask()).sent.headers['authorization']).toBe('Bearer none')
    for (const version of ['..1', '..2']) {
      mkdirSync(join(secrets, 'db', version), { recursive: true })
      writeFileSync(join(secrets, 'db', version, 'token'), `of ${version}\n`)
      rmSync(join(secrets, 'db/..data'), { force: true })
      symlinkSync(version, join(secrets, 'db/..data'))
      if (version === '..1') symlinkSync('..data/token', join(secrets, 'db/token'))
      expect((await ask()).sent.headers['authorization']).toBe(`Bearer of ${version}`)
    }
  })

  test('stays in use when the file is gone, with one warning and a metric', async () => {
    const { ask, secrets, lines, metrics, gateway } = await start(bearer, { token: 'first' })
    expect(await metrics()).toContain('tessera_secret_file_up{file="token"} 1')
    const warnings = () => lines.filter((line) => line.includes('cannot be read: what it held last'))
    for (const spoil of [
      () => rmSync(join(secrets, 'token')),
      () => writeFileSync(join(secrets, 'token'), '\n'),
      () => writeFileSync(join(secrets, 'token'), 'x'.repeat(64 * 1024 + 1)),
    ]) {
      spoil()
      expect((await ask()).sent.headers['authorization']).toBe('Bearer first')
      expect(await metrics()).toContain('tessera_secret_file_up{file="token"} 0')
    }
    expect(warnings()).toHaveLength(1)
    expect(warnings()[0]).not.toContain('first')
    // An edit elsewhere is taken all the same.
    expect(await gateway.reload()).toMatchObject({ ok: true })
    writeFileSync(join(secrets, 'token'), 'second')
    expect((await ask()).sent.headers['authorization']).toBe('Bearer second')
    expect(await metrics()).toContain('tessera_secret_file_up{file="token"} 1')
    expect(lines.filter((line) => line.includes('can be read again'))).toHaveLength(1)
  })

  test('is told as lost at a scrape, without a request', async () => {
    const { secrets, lines, metrics } = await start(bearer, { token: 'first' })
    rmSync(join(secrets, 'token'))
    expect(await metrics()).toContain('tessera_secret_file_up{file="token"} 0')
    expect(lines.some((line) => line.includes('cannot be read'))).toBe(true)
  })

  test('that no header can hold is no fault of the client', async () => {
    const { ask, secrets } = await start(bearer, { token: 'first' })
    writeFileSync(join(secrets, 'token'), 'one\ntwo')
    const { status, body } = await ask()
    expect([status, JSON.parse(body).code]).toEqual([500, 'expression-failed'])
    expect(body).not.toContain('two')
  })
})

describe('a file of a secret is refused at load', () => {
  test.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ['${file:token}', {}, 'it does not exist'],
    ['${file:token}', { token: '\n' }, 'it is empty'],
    ['${file:token}', { token: 'x'.repeat(64 * 1024 + 1) }, 'it has more than 64KB'],
    ['${file:token}', { token: Uint8Array.of(0xff, 0xfe) }, 'it is not UTF-8'],
    ['${file:.}', {}, 'it is not below DIR, where secrets are read (`--secrets`)'],
    ['${file:../x:-d}', {}, 'it is not below DIR, where secrets are read (`--secrets`)'],
    ['${file:/etc/passwd:-d}', {}, 'it is not below DIR, where secrets are read (`--secrets`)'],
    ['${file:/etc/nothing}', {}, 'it is not below DIR, where secrets are read (`--secrets`)'],
  ])('%s, case %#', async (text, secrets, why) => {
    const [path] = /(?<=file:)[^:}]+/.exec(text)!
    expect(await faults(`headers: { authorization: 'Bearer ${text}' }`, secrets)).toEqual([
      `missing-secret: the file ${path} gives no secret: ${why}`,
    ])
  })

  test('of a link that leads out of the directory', async () => {
    const directory = createDirectory()
    symlinkSync('/etc/hostname', join(directory, 'token'))
    const files = { 'services/words': wordService('http://127.0.0.1:9', bearer), 'routes/word': wordRoute }
    await expect(startGateway(files, { secrets: directory })).rejects.toThrow(/missing-secret/)
  })

  test('where its text would be read once', async () => {
    expect(await faults('priority: 1', { port: '80' }, { gateway: 'listen: ${file:port}' })).toContain(
      'invalid-value: `${file:port}` may change at any time, and this is read once',
    )
    const dictionary = 'colors: { word: { type: string, enum: ["${file:port}"] } }'
    expect(await faults('', { port: '80' }, { dictionary })).toContain(
      'invalid-value: `${file:port}` may change at any time, and this is read once',
    )
    const route = wordRoute.replace('do:', 'in: { user.id: { from: query.id, default: "${file:port}" } }\ndo:')
    expect(await faults('', { port: '80' }, { 'routes/word': route })).toEqual([
      'invalid-value: `${file:port}` may change at any time, and this is read once',
    ])
  })

  test('inside CEL, a path or a key', async () => {
    const inside = ['x: \'${ "${file:a}" + "b" }\'', 'x: \'$.request["${file:a}"]\'', "'${file:a}': x"]
    for (const header of inside) {
      const found = await faults(`headers: { ${header} }`, { a: 'b' })
      expect(found.filter((fault) => fault.includes('file'))).toHaveLength(1)
    }
  })

  test('in an answer, by itself or by way of a color', async () => {
    const answers = [
      'response: { body: "${file:a}" }',
      'response: { headers: { x-a: "b${file:a}" } }',
      'do: [ { assign: { word: "${file:a}" } } ]\nresponse: { body: { w: $.word } }',
      'do: [ { respond: { body: [ "${file:a}" ] } } ]',
    ]
    for (const answer of answers) {
      expect(await faults('', { a: 'b' }, { 'routes/word': `match: GET /word\n${answer}` })).toEqual([
        'secret-in-response: `${file:a}` is secret and would be sent to the client',
      ])
    }
  })
})

test('a registry is asked with what the file of its token holds', async () => {
  const asked: (string | string[] | undefined)[] = []
  const registry = await startHttpServer((request, response) => {
    asked.push(request.headers['x-consul-token'])
    writeFileSync(join(secrets, 'consul'), `token ${asked.length + 1}`)
    response.setHeader('x-consul-index', String(asked.length))
    response.setHeader('content-type', 'application/json').end('[]')
  })
  afterTest(() => registry.close())
  const secrets = createDirectory()
  writeFileSync(join(secrets, 'consul'), 'token 1')
  const service = `service: words
discover: { consul: { address: "${registry.url}", service: words, token: "\${file:consul}" } }
operations:
  word: { get: /word, out: { word: $.word } }`
  await startGateway({ 'services/words': service, 'routes/word': wordRoute }, { secrets })
  await until(() => asked.length >= 3)
  expect(asked.slice(0, 3)).toEqual(['token 1', 'token 2', 'token 3'])
})

test('may stand in the URL of a store', async () => {
  const url = "'redis://:${file:redis}@127.0.0.1:1'"
  const gateway = `defaults: { timeout: 5s }\nstores: { cache: ${url}, limits: ${url} }`
  const { ask, lines } = await start('', { redis: 'hushhush\n' }, { gateway })
  expect((await ask()).status).toBe(200)
  expect(lines.join()).not.toContain('hushhush')
})

describe('the metric of files', () => {
  test('tells of those of the configuration that serves, whatever a refused one names', async () => {
    const { directory, gateway, metrics, secrets } = await start(bearer, { token: 'first' })
    writeFiles(directory, {
      'services/words': wordService(
        'http://127.0.0.1:9',
        "headers: { authorization: 'Bearer ${file:other}' }\nnonsense: 1",
      ),
    })
    writeFileSync(join(secrets, 'other'), 'x')
    expect(await gateway.reload()).toMatchObject({ ok: false })
    expect(await metrics()).toContain('tessera_secret_file_up{file="token"} 1')
    expect(await metrics()).not.toContain('file="other"')
  })
})
