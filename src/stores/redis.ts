import { hash, randomUUID } from 'node:crypto'
import type { BytesClient } from './redis/client.ts'
import { readEntry, writeEntry } from './redis/entry.ts'
import { RedisLink } from './redis/link.ts'
import {
  type Lookup,
  type PurgeTarget,
  type ResponseStore,
  type StoredResponse,
  type StoreKey,
  type StoreKind,
  unobserved,
} from './store.ts'

/** All keys are named so; with the layout of entries it would change. */
const prefix = 'tessera:1:'

/**
 * Shared between replicas by Redis. An entry carries the generations of all, of its service and of its operation as
 * they were when its answer was looked for; a purge gives one of them a new name, and what carries the old one is as
 * if it were not there. So a purge costs one write, however much it takes away, and reaches what other replicas are
 * fetching just then. Redis itself lets entries go when they have expired.
 *
 * An entry of a URI carries that one's generation too, which is there only as long as something is kept of it: without
 * it the entry is as if it were not there either. So Redis holds none for URIs that nobody asks for.
 */
export class RedisStore implements ResponseStore {
  readonly #link: RedisLink

  constructor(link: RedisLink) {
    this.#link = link
  }

  async get(key: StoreKey): Promise<Lookup> {
    const names = [prefix + key.digest, ...generationKeys(key)]
    const found = await this.#link.ask((client) => client.mGet(names))
    if (!found) return unknown
    const [bytes, ...generations] = found
    const generation = printGeneration(generations)
    const entry = bytes ? readEntry(bytes) : undefined
    const holds = entry?.generation === generation && !lacksName(key, generation)
    return { response: holds ? entry.response : undefined, generation }
  }

  set(key: StoreKey, response: StoredResponse, keepMs: number, generation?: string): void {
    if (keepMs <= 0 || generation === unknown.generation) return
    void this.#store(key, response, Math.ceil(keepMs), generation)
  }

  async purge(target: PurgeTarget): Promise<boolean> {
    // A person insists; behind a request there are many.
    if (target.kind === 'uri') {
      const name = uriKey(target.uri)
      return (await this.#link.ask((client) => client.set(name, newName(), { PX: shortestUriMs }))) !== undefined
    }
    const purged = await this.#link.insist((client) =>
      target.kind === 'entry' ? client.del(prefix + target.digest) : client.set(generationKey(target), newName()),
    )
    return purged !== undefined
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  async #store(key: StoreKey, response: StoredResponse, keepMs: number, known: string | undefined): Promise<void> {
    let generation = known
    if (generation === undefined) {
      const found = await this.#link.ask((client) => client.mGet(generationKeys(key)))
      if (!found) return
      generation = printGeneration(found)
    }
    const { digest, uri } = key
    const name = lacksName(key, generation) ? newName() : undefined
    const bytes = writeEntry({ generation: name === undefined ? generation : generation + name, response })
    await this.#link.ask((client) => {
      if (uri !== undefined) keepUri(client, uriKey(uri), name, keepMs)
      return client.set(prefix + digest, bytes, { PX: keepMs })
    })
  }
}

/** Of a lookup that failed: what is fetched upon it is not stored, for a purge may have been missed. */
const unknown: Lookup = { response: undefined, generation: '?' }

/** The generation of a URI is there so long at least: longer than anything is fetched. */
const shortestUriMs = 3_600_000

/** Gives a URI its generation, unless somebody else has, or lets it live as long as what is kept of it. */
function keepUri(client: BytesClient, key: string, name: string | undefined, keepMs: number): void {
  const liveMs = Math.max(keepMs, shortestUriMs)
  const keeping = name === undefined ? client.pExpire(key, liveMs) : client.set(key, name, { PX: liveMs, NX: true })
  // It fails with the command behind it.
  keeping.catch(() => {})
}

function newName(): string {
  return randomUUID().slice(0, 8)
}

function uriKey(uri: string): string {
  return `${prefix}uri:${hash('sha256', uri, 'base64url')}`
}

/** Whether a URI has no generation now. */
function lacksName({ uri }: StoreKey, generation: string): boolean {
  return uri !== undefined && generation.endsWith('/')
}

function generationKeys({ service, operation, uri }: StoreKey): string[] {
  return [
    generationKey({ kind: 'all' }),
    generationKey({ kind: 'service', service, operation: undefined }),
    generationKey({ kind: 'service', service, operation }),
    ...(uri === undefined ? [] : [uriKey(uri)]),
  ]
}

function generationKey(target: Exclude<PurgeTarget, { kind: 'entry' | 'uri' }>): string {
  if (target.kind === 'all') return `${prefix}generation`
  const { service, operation } = target
  return `${prefix}generation:${service}${operation === undefined ? '' : `:${operation}`}`
}

function printGeneration(names: readonly (Buffer | null)[]): string {
  return names.map((name) => name?.toString('latin1') ?? '').join('/')
}

export const redis: StoreKind = {
  name: 'redis',
  summary: 'In a Redis that replicas share; one that is slow or down is as if it were empty',
  open(target, _epoch, observer = unobserved) {
    if (target.kind !== 'redis') throw new Error('not a store in Redis')
    return new RedisStore(new RedisLink(target.url, observer))
  },
}
