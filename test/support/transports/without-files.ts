/**
 * A process that opens files until it may open no more, calls a backend by each client, and tells what came of it; then
 * closes them again and calls once more.
 */
import { closeSync, openSync } from 'node:fs'
import { Backends } from '../../../src/calls/registry.ts'
import { systemClock } from '../../../src/clock.ts'
import { toGatewayError } from '../../../src/errors.ts'
import { transports } from '../../../src/transports/index.ts'
import { callContext, callSite, serviceTarget } from '../sites.ts'

const url = process.argv[2]!
const told: Record<string, readonly unknown[]> = {}
for (const transport of transports.values()) {
  const backends = new Backends({ clock: systemClock, transport })
  const touchy = { errorRate: 0.01, windowMs: 60_000, minCalls: 1, openMs: 60_000 }
  const { calls } = backends.open([callSite({ service: serviceTarget(url), breaker: touchy })])
  const call = async () => {
    try {
      return (await calls[0]!(callContext(systemClock))).status
    } catch (thrown) {
      const { code, status, verdict, detail } = toGatewayError(thrown)
      return { code, status, verdict, detail }
    }
  }
  // What is loaded late is loaded.
  transport.open(new URL('http://127.0.0.1:1'), '127.0.0.1', { connections: 1, maxWaiting: 1, connectTimeoutMs: 1 })
  const files = openAll()
  const without = await call()
  for (const file of files) closeSync(file)
  told[transport.name] = [without, await call()]
  await backends.close()
}
process.stdout.write(JSON.stringify(told))

function openAll(): number[] {
  const files: number[] = []
  try {
    for (;;) files.push(openSync('/dev/null', 'r'))
  } catch {
    return files
  }
}
