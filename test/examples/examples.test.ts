import { readdirSync } from 'node:fs'
import { request as sendRequest } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Example, type ExampleRequest, readExample } from '../../examples/example.ts'
import { type Stubs, startStubs } from '../../examples/stubs.ts'
import { compilePath } from '../../src/expressions/path.ts'
import { createGateway, type Gateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

const folder = fileURLToPath(new URL('../../examples/', import.meta.url))
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
const examples = await Promise.all(
  names.map(async (name) => [name, await readExample(`${folder}/${name}/example.yaml`)] as const),
)

describe.each(examples)('%s', (name, example: Example) => {
  let stubs: Stubs
  let gateway: Gateway
  let port: number

  beforeAll(async () => {
    stubs = await startStubs(example.backends)
    gateway = await createGateway({
      config: `${folder}/${name}/config/gateway.yaml`,
      port: 0,
      adminPort: false,
      env: stubs.env,
      secrets: `${folder}/${name}/secrets`,
      watch: false,
      logger: createLogger({ level: 'silent' }),
    })
    port = (await gateway.listen()).port
  })
  afterAll(async () => {
    await gateway?.close()
    await stubs?.stop()
  })

  test.each(example.requests.map((request) => [request.name, request] as const))(
    '%s',
    async (_, { send, expect: wanted }) => {
      const answer = await call(port, send)
      const seen = { status: answer.status, body: answer.text }
      expect({ ...seen, status: answer.status }).toEqual({ ...seen, status: wanted.status })
      for (const [header, value] of Object.entries(wanted.headers ?? {}))
        expect([header, answer.headers[header] ?? null]).toEqual([header, value])
      if (wanted.body !== undefined) expect(JSON.parse(answer.text)).toEqual(wanted.body)
      if (wanted.text !== undefined) expect(answer.text).toBe(wanted.text)
      for (const [query, value] of Object.entries(wanted.match ?? {}))
        expect([query, find(query, answer.text)]).toEqual([query, value])
      for (const query of wanted.has ?? [])
        expect([query, find(query, answer.text) !== undefined]).toEqual([query, true])
      if (wanted.without !== undefined) expect(answer.text).not.toContain(wanted.without)
    },
  )
})

function find(query: string, text: string): unknown {
  const path = compilePath(query)
  if ('code' in path) throw new Error(path.message)
  return path.evaluate(JSON.parse(text))
}

interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

function call(port: number, { method, path, headers, body }: ExampleRequest['send']): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isText = typeof body === 'string' && headers?.['content-type'] !== undefined
    const text = body === undefined ? undefined : isText ? body : JSON.stringify(body)
    const sent = { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers }
    const request = sendRequest({ port, method, path, headers: sent, agent: false }, async (response) => {
      let answer = ''
      response.setEncoding('utf8')
      for await (const chunk of response) answer += chunk
      resolve({ status: response.statusCode!, headers: joinHeaders(response.headers), text: answer })
    })
    request.on('error', reject)
    request.end(text)
  })
}

/** One text a header; a media type without its parameters. */
function joinHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const joined = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')] as const)
  return Object.fromEntries(
    joined.map(([name, value]) => [name, name === 'content-type' ? value.split(';')[0]! : value]),
  )
}
