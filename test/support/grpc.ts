import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import * as loader from '@grpc/proto-loader'
import { afterTest, createDirectory } from './cleanup.ts'

export { grpc }

// biome-ignore lint/suspicious/noExplicitAny: messages of many shapes
type Message = any

export type Handle = (call: grpc.ServerUnaryCall<Message, Message>, answer: grpc.sendUnaryData<Message>) => void

/** A server of the official library on any free port; it ends with the test. */
export async function startGrpc(proto: string, service: string, handlers: Readonly<Record<string, Handle>>) {
  const file = join(createDirectory(), 'service.proto')
  writeFileSync(file, proto)
  const loaded = loader.loadSync(file, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true })
  const server = new grpc.Server()
  server.addService(loaded[service] as grpc.ServiceDefinition, handlers)
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  afterTest(() => server.forceShutdown())
  return { url: `http://127.0.0.1:${port}`, file }
}
