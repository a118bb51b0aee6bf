import { existsSync, globSync, readdirSync } from 'node:fs'
import { type IncomingMessage, request as sendRequest } from 'node:http'
import { request as sendSecurely } from 'node:https'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Example, type ExampleRequest, readExample } from '../../examples/example.ts'
import { startGrpcStubs } from '../../examples/grpc-stubs.ts'
import { type Certificates, fillIn, type Stubs, startStubs } from '../../examples/stubs.ts'
import { compilePath } from '../../src/expressions/path.ts'
import { createGateway, type Gateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import type { Pair } from '../support/certificates.ts'
import { makeCertificates, writeCertificates } from '../support/example-certificates.ts'
import { runTessera } from '../support/tessera.ts'

const folder = fileURLToPath(new URL('../../examples/', import.meta.url))
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
const examples = await Promise.all(
  names
    .filter((name) => existsSync(`${folder}/${name}/example.yaml`))
    .map(async (name) => [name, await readExample(`${folder}/${name}/example.yaml`)] as const),
)

test.each(names.filter((name) => globSync(`${folder}/${name}/routes/**/*.test.yaml`).length > 0))(
  'the tests of the routes of %s pass',
  async (name) => {
    const { code, stdout, stderr } = await runTessera(['test', '-c', `${folder}/${name}/config/gateway.yaml`])
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.stringContaining('all pass') })
  },
)

test('every example has something that is run', () => {
  const isRun = (name: string) => globSync(`${folder}/${name}/{example.yaml,routes/**/*.test.yaml}`).length > 0
  expect(names.filter((name) => !isRun(name))).toEqual([])
})

describe.each(examples)('%s', (name, example: Example) => {
  const certificates = example.certificates && makeCertificates(example.certificates)
  let stubs: Stubs
  let grpcStubs: Pick<Stubs, 'env' | 'stop'>
  let gateway: Gateway
  let port: number

  beforeAll(async () => {
    stubs = await startStubs(example.backends, certificates)
    grpcStubs = await startGrpcStubs(example.grpc, `${folder}/${name}`)
    gateway = await createGateway({
      config: `${folder}/${name}/config/gateway.yaml`,
      port: 0,
      adminPort: false,
      env: { ...stubs.env, ...grpcStubs.env, ...(certificates && { CERTS: writeCertificates(certificates) }) },
      secrets: `${folder}/${name}/secrets`,
      watch: false,
      logger: createLogger({ level: 'silent' }),
    })
    port = (await gateway.listen()).port
  })
  afterAll(async () => {
    await gateway?.close()
    await stubs?.stop()
    await grpcStubs?.stop()
  })

  test.each(example.requests.map((request) => [request.name, request] as const))(
    '%s',
    async (_, { send, expect: wanted }) => {
      const answer = await call(port, send, certificates)
      const seen = { status: answer.status, body: answer.text }
      expect({ ...seen, status: answer.status }).toEqual({ ...seen, status: wanted.status })
      for (const [header, value] of Object.entries(wanted.headers ?? {}))
        expect([header, answer.headers[header] ?? null]).toEqual([header, value])
      for (const [header, texts] of Object.entries(wanted.contains ?? {}))
        for (const text of texts) expect(answer.headers[header]).toContain(fillIn(text, stubs.env))
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

function call(
  port: number,
  { method, path, headers, body, certificate = '' }: ExampleRequest['send'],
  certificates: Certificates | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isText = typeof body === 'string' && headers?.['content-type'] !== undefined
    const text = body === undefined ? undefined : isText ? body : JSON.stringify(body)
    const sent = { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers }
    const options = { port, method, path, headers: sent, agent: false }
    const shown: Pair | undefined = certificates?.pairs.get(certificate)
    const receive = async (response: IncomingMessage) => {
      let answer = ''
      response.setEncoding('utf8')
      for await (const chunk of response) answer += chunk
      resolve({ status: response.statusCode!, headers: joinHeaders(response.headers), text: answer })
    }
    const request = certificates?.pairs.has('gateway')
      ? sendSecurely({ ...options, ...shown, ca: certificates.ca }, receive)
      : sendRequest(options, receive)
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
