import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { afterFile, openedForAll } from './cleanup.ts'
import { storeDirectory } from './durable-store.ts'
import { type Files, writeFiles } from './gateway.ts'

/** A gateway with a place for its runs, for all tests of a file; `gateway` says more of it. */
export async function startDurableGateway({ gateway: more = '', ...files }: Files) {
  const root = mkdtempSync(join(tmpdir(), 'tessera-test-'))
  afterFile(() => rmSync(root, { recursive: true, force: true }))
  const own = 'listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\noverload: false\n'
  writeFiles(root, { ...files, gateway: `${own}stores: { durable: ${storeDirectory()} }\n${more}` })
  const gateway = await openedForAll(
    createGateway({
      ...{ config: join(root, 'config/gateway.yaml'), port: 0, adminPort: 0, env: {}, watch: false },
      logger: createLogger({ level: 'error', format: 'json', destination: { write() {} } }),
    }),
  )
  const { port } = await gateway.listen()
  return { gateway, url: `http://127.0.0.1:${port}` }
}
