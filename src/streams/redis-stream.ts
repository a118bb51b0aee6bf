import type { Clock } from '../clock.ts'
import { Persistence } from '../persistence.ts'
import { type BytesClient, openClient } from '../stores/redis/client.ts'
import { fieldsOf, readEntry } from './redis-message.ts'
import type { Consuming, NewMessage, Stream, StreamTarget, Taken } from './stream.ts'

/** After which a message that nobody has acknowledged, nor still holds, is handed to another. */
const claimAfterMs = 30_000
/** Between two looks at such, each of which also says what is held here. */
const claimEveryMs = 10_000
/** How long a broker without messages is waited for at once, and how long for room. */
const blockMs = 1000
const roomMs = 20
const mostAtOnce = 100

export interface RedisStreamOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Told once when it cannot be reached, and once when it can again. */
  readonly told: (reason: string | undefined) => void
}

type Reply = Buffer | string | number | null | Reply[]
const textOf = (reply: Reply | undefined) => (reply == null ? '' : reply.toString())

/** A stream of Redis: consumer groups hand each message to one consumer, and keep it until it is acknowledged. */
export class RedisStream implements Stream {
  readonly #target: StreamTarget
  readonly #options: RedisStreamOptions
  #writer: BytesClient | undefined

  constructor(target: StreamTarget, options: RedisStreamOptions) {
    this.#target = target
    this.#options = options
  }

  async write(message: NewMessage): Promise<void> {
    const { key, max } = this.#target
    const bound = max === undefined ? [] : ['MAXLEN', '~', String(max)]
    try {
      await this.#ask(['XADD', key, ...bound, '*', ...fieldsOf(message)])
      this.#options.told(undefined)
    } catch (thrown) {
      this.#options.told((thrown as Error).message)
      throw thrown
    }
  }

  async acknowledge(group: string, id: string): Promise<void> {
    await this.#ask(['XACK', this.#target.key, group, id])
  }

  async lag(group: string): Promise<number | undefined> {
    const groups = (await this.#ask(['XINFO', 'GROUPS', this.#target.key]).catch(() => [])) as Reply[][]
    const found = groups.map(membersOf).find((one) => textOf(one.get('name')) === group)
    if (!found) return undefined
    const [unread, pending] = [found.get('lag'), found.get('pending')].map((count) => Number(count ?? Number.NaN))
    return Number.isFinite(unread! + pending!) ? unread! + pending! : undefined
  }

  consume(consuming: Consuming) {
    const keeping = new Persistence({ ...this.#options, longestPauseMs: 5000 })
    const round = async () => {
      const reader = await openClient(this.#target.url, () => {})
      const cut = () => reader.destroy()
      keeping.signal.addEventListener('abort', cut, { once: true })
      try {
        await inTime(whenReady(reader), this.#options.clock)
        await new Consumer(reader, this.#target.key, consuming, keeping, this.#options).run()
      } finally {
        keeping.signal.removeEventListener('abort', cut)
        if (!keeping.signal.aborted) cut()
      }
    }
    const ended = keeping.keep(round, (reason) => this.#options.told(reason))
    return {
      stop: async () => {
        keeping.stop()
        await ended
      },
    }
  }

  async close(): Promise<void> {
    this.#writer?.destroy()
  }

  async #ask(command: readonly string[]): Promise<unknown> {
    this.#writer ??= await openClient(this.#target.url, () => {})
    if (!this.#writer.isReady) await inTime(whenReady(this.#writer), this.#options.clock)
    return inTime(this.#writer.sendCommand(command), this.#options.clock)
  }
}

/** Longer than any command blocks. */
const answerMs = 5000

/** What a broker does not answer is lost, as with its connection. */
async function inTime<Reply>(reply: Promise<Reply>, clock: Clock): Promise<Reply> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = clock.schedule(answerMs, () => reject(new Error('it does not answer')))
  try {
    return await Promise.race([reply, late])
  } finally {
    timer.cancel()
  }
}

/** Resolves once it can be asked; rejects with why it cannot. */
async function whenReady(client: BytesClient): Promise<void> {
  if (client.isReady) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onReady = () => resolve()
  client.once('ready', onReady)
  client.once('error', reject)
  try {
    await promise
  } finally {
    client.off('ready', onReady)
    client.off('error', reject)
  }
}

/** Hands out what comes, as long as the broker answers. */
class Consumer {
  readonly #client: BytesClient
  readonly #key: string
  readonly #consuming: Consuming
  readonly #keeping: Persistence
  readonly #options: RedisStreamOptions

  constructor(
    client: BytesClient,
    key: string,
    consuming: Consuming,
    keeping: Persistence,
    options: RedisStreamOptions,
  ) {
    this.#client = client
    this.#key = key
    this.#consuming = consuming
    this.#keeping = keeping
    this.#options = options
  }

  async run(): Promise<void> {
    const { clock, told } = this.#options
    await this.#makeGroup()
    if (this.#keeping.succeeded()) told(undefined)
    let claimAt = clock.now()
    while (!this.#keeping.signal.aborted) {
      if (clock.now() >= claimAt) {
        await this.#hold()
        await this.#claim()
        claimAt = clock.now() + claimEveryMs
      }
      const room = this.#room()
      if (room > 0) await this.#read(room)
      else await this.#keeping.pause(roomMs)
    }
  }

  #room(): number {
    return Math.min(mostAtOnce, this.#consuming.room())
  }

  async #makeGroup(): Promise<void> {
    const { group, from } = this.#consuming
    try {
      await this.#ask('XGROUP', 'CREATE', this.#key, group, from === 'first' ? '0' : '$', 'MKSTREAM')
    } catch (thrown) {
      if (!String((thrown as Error).message).startsWith('BUSYGROUP')) throw thrown
    }
  }

  async #read(room: number): Promise<void> {
    const { group, consumer } = this.#consuming
    const options = ['COUNT', String(room), 'BLOCK', String(blockMs)]
    const reply = await this.#ask('XREADGROUP', 'GROUP', group, consumer, ...options, 'STREAMS', this.#key, '>')
    const [stream] = (reply ?? []) as Reply[][]
    for (const entry of (stream?.[1] ?? []) as Reply[][]) this.#take(entry)
  }

  /** What waits here for its turn is not for others. */
  async #hold(): Promise<void> {
    const { group, consumer, held } = this.#consuming
    const ids = held()
    if (ids.length > 0) await this.#ask('XCLAIM', this.#key, group, consumer, '0', ...ids, 'JUSTID')
  }

  /** Takes what others left behind. */
  async #claim(): Promise<void> {
    const { group, consumer } = this.#consuming
    let cursor = '0-0'
    do {
      const room = this.#room()
      if (room === 0) return
      const options = [String(claimAfterMs), cursor, 'COUNT', String(room)]
      const [next, entries] = (await this.#ask('XAUTOCLAIM', this.#key, group, consumer, ...options)) as Reply[]
      cursor = textOf(next)
      for (const entry of (entries ?? []) as Reply[][]) this.#take(entry)
    } while (cursor !== '0-0' && !this.#keeping.signal.aborted)
  }

  #take([id, fields]: Reply[]): void {
    // One that was deleted meanwhile has no fields.
    if (!Array.isArray(fields)) return
    const texts = fields.map((field) => textOf(field))
    const taken: Taken = { id: textOf(id), message: readEntry(textOf(id), texts) }
    this.#consuming.take(taken)
  }

  #ask(...command: string[]): Promise<unknown> {
    return inTime(this.#client.sendCommand(command), this.#options.clock)
  }
}

/** Names and values in turn, as RESP 2 has a map. */
function membersOf(reply: readonly Reply[]): Map<string, Reply> {
  const members = new Map<string, Reply>()
  for (let at = 0; at + 1 < reply.length; at += 2) members.set(textOf(reply[at]), reply[at + 1]!)
  return members
}
