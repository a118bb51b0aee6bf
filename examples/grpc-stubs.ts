import { isDeepStrictEqual } from 'node:util'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Example, GrpcAnswer, GrpcBackend, GrpcEntry } from './example.ts'
import { type Stubs, variableName } from './stubs.ts'

const options = { keepCase: true, longs: String, enums: String, oneofs: true }

/** Starts a server of gRPC on a free port for each of an example's. */
export async function startGrpcStubs(
  backends: Example['grpc'] = {},
  folder: string,
): Promise<Pick<Stubs, 'env' | 'stop'>> {
  const servers: grpc.Server[] = []
  const env: Record<string, string> = {}
  for (const [service, { proto, methods }] of Object.entries(backends)) {
    const server = new grpc.Server()
    const definitions = loadSync(`${folder}/${proto}`, options)
    for (const [name, handlers] of Map.groupBy(Object.entries(methods), ([method]) => method.split('/')[0]!))
      server.addService(
        definitions[name] as grpc.ServiceDefinition,
        Object.fromEntries(handlers.map(([method, entries]) => [method.split('/')[1]!, answerBy(entries)])),
      )
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure()
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
    })
    servers.push(server)
    env[variableName(service)] = `http://127.0.0.1:${port}`
  }
  return {
    env,
    async stop() {
      for (const server of servers) server.forceShutdown()
    },
  }
}

function answerBy(entries: GrpcBackend['methods'][string]): grpc.handleUnaryCall<unknown, unknown> {
  const counts = new Map<GrpcEntry, number>()
  return ({ request }, done) => {
    const entry = entries.find(({ message }) => message === undefined || isSame(request, message))
    if (!entry) return done({ code: grpc.status.UNIMPLEMENTED, details: `unexpected ${JSON.stringify(request)}` })
    const answers = [entry.answer].flat() as GrpcAnswer[]
    const count = counts.get(entry) ?? 0
    counts.set(entry, count + 1)
    const { code, details = '', message } = answers[Math.min(count, answers.length - 1)]!
    if (code === undefined) done(null, message)
    else done({ code: grpc.status[code as keyof typeof grpc.status], details })
  }
}

/** Whole numbers of 64 bits are texts in one of them. */
function isSame(message: unknown, wanted: unknown): boolean {
  const plain = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'number' ? String(one) : one)))
  return isDeepStrictEqual(plain(message), plain(wanted))
}
