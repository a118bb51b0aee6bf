import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DurableTarget } from '../../config/stores.ts'
import type { LiveText } from '../../environment.ts'
import { layoutOf } from './directory.ts'
import { EmbeddedServer } from './embedded.ts'
import { createSerializer, type JournalKey } from './encryption.ts'
import { checkKeys, keepKey, readKeys } from './keys.ts'
import { Lease, type LeaseOptions } from './lease.ts'
import { Listener } from './listener.ts'
import { JournalPool, type PoolTarget, reasonOf } from './pool.ts'
import { createSchema } from './schema.ts'
import { serverOf } from './server-url.ts'
import { type DurableStore, DurableStoreError } from './store.ts'

export interface StoreOptions {
  /** The first writes, all read. */
  readonly keys: readonly LiveText[]
  /** The directory that a relative one stands in. */
  readonly base: string
  readonly warn: (message: string) => void
}

const directoryLimits = ['one gateway uses it; what this machine loses with its disk is lost']

/**
 * Opens the store of durable runs.
 * @throws DurableStoreError when it cannot be used, which says why
 */
export function openDurableStore(target: DurableTarget, options: StoreOptions): Promise<DurableStore> {
  return target.kind === 'directory'
    ? openDirectory(resolve(options.base, target.path), options)
    : openServer(target.url, options)
}

async function openDirectory(root: string, { keys, warn }: StoreOptions): Promise<DurableStore> {
  const layout = layoutOf(root)
  const given = readKeys(keys)
  const hasData = existsSync(layout.data)
  const server = await EmbeddedServer.open(layout, warn)
  try {
    const own = given.length > 0 && !existsSync(layout.key) ? [] : [keepKey(layout.key, hasData)]
    const store = await connect(server.target, [...given, ...own], warn)
    // Whoever executed runs here ended with the server of before.
    await store.pool.query(`UPDATE tessera.leases SET expires_at = '-infinity'`)
    return {
      ...store,
      describe: root,
      limits: directoryLimits,
      isShared: false,
      async close() {
        await store.close()
        await server.close()
      },
    }
  } catch (thrown) {
    await server.close()
    throw thrown
  }
}

async function openServer(url: LiveText, { keys, warn }: StoreOptions): Promise<DurableStore> {
  const { target, describe } = serverOf(url)
  const store = await connect(target, readKeys(keys), warn)
  return { ...store, describe, limits: [], isShared: true }
}

type Connected = Pick<DurableStore, 'pool' | 'serializer' | 'holdLease' | 'listen' | 'isEncrypted' | 'close'>

async function connect(
  target: PoolTarget,
  keys: readonly JournalKey[],
  warn: (message: string) => void,
): Promise<Connected> {
  let isOpen = false
  const told = (message: string) => isOpen && warn(message)
  const pool = new JournalPool(target, told)
  // Beside it: a lease is renewed when everything else waits.
  const leases = new JournalPool({ ...target, max: 2 }, () => {})
  const news = new JournalPool({ ...target, max: 1 }, () => {})
  const close = async () => {
    await Promise.all([pool.end(), leases.end(), news.end()])
  }
  try {
    await createSchema(pool)
    const readsPlain = await checkKeys(pool, keys)
    isOpen = true
    pool.isPatient = true
    return {
      pool,
      serializer: createSerializer(keys, readsPlain),
      isEncrypted: keys.length > 0,
      holdLease: (options: LeaseOptions) => Lease.hold(leases, options),
      listen: (channel, clock, heard) => new Listener(news, channel, clock, heard),
      close,
    }
  } catch (thrown) {
    await close()
    if (thrown instanceof DurableStoreError) throw thrown
    const cause = (thrown as Error).cause ?? thrown
    throw new DurableStoreError(`the database of durable runs cannot be used: ${reasonOf(cause)}`, { cause })
  }
}
