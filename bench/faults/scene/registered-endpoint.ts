/**
 * A backend that keeps itself in a registry as the gateway does, in a process of its own. It writes down which requests
 * it has, so that it is known of one that was killed. On SIGTERM it leaves the registry, as soon as that can be asked,
 * answers those who do not know yet, takes no connection any more, and ends.
 */
import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, Server } from 'node:net'
import { systemClock } from '../../../src/clock.ts'
import type { RegistrationTarget } from '../../../src/endpoints/registration/registration.ts'
import { SelfRegistration } from '../../../src/endpoints/registration/self-registration.ts'
import { pause } from './pause.ts'

export interface RegisteredEndpointOptions {
  readonly id: string
  readonly target: RegistrationTarget
  /** A line `+id` for each request that came, `-id` when it is answered. */
  readonly journal: string
  readonly answerMs: number
  /** Serves on for so long after it left. */
  readonly drainMs: number
}

const { id, target, journal, answerMs, drainMs }: RegisteredEndpointOptions = JSON.parse(process.argv[2]!)
const file = openSync(journal, 'a')
const leaveAgainMs = 300
const lastAnswersMs = 1_000
let isLeaving = false

const server = createServer({ keepAliveTimeout: 0 }, ({ headers }, response) => {
  const request = headers['x-request-id']
  // At once: what waits in a buffer is lost when the process is killed.
  writeSync(file, `+${request}\n`)
  if (isLeaving) response.setHeader('connection', 'close')
  response.setHeader('content-type', 'application/json')
  setTimeout(() => {
    writeSync(file, `-${request}\n`)
    response.end('{"ok":true}')
  }, answerMs)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const self = { id, host: '127.0.0.1', port, zone: undefined, admin: undefined }
const registration = new SelfRegistration(target, self, { clock: systemClock, random: Math.random, notify: () => {} })
process.once('SIGTERM', async () => {
  isLeaving = true
  while (!(await registration.leave())) await pause(leaveAgainMs)
  await pause(drainMs)
  // That of HTTP would cut connections whose requests it has not read yet.
  Server.prototype.close.call(server)
  await pause(lastAnswersMs)
  process.exit()
})
