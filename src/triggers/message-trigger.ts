import type { Clock } from '../clock.ts'
import { type GatewayError, toGatewayError } from '../errors.ts'
import { Persistence } from '../persistence.ts'
import type { Stream, StreamMessage, Taken } from '../streams/stream.ts'
import type { TriggeredRuns } from './triggered-runs.ts'

/** What became of a message. */
export type MessageResult = 'run' | 'repeated' | 'dead'

export interface MessageTriggerOptions {
  /** Its name in the gateway's file. */
  readonly name: string
  readonly stream: Stream
  readonly group: string
  readonly consumer: string
  readonly from: 'new' | 'first'
  readonly concurrent: number
  /** What makes two messages the same, and which of them have an order. */
  readonly key: (message: StreamMessage) => string | undefined
  readonly order: ((message: StreamMessage) => string | undefined) | undefined
  /** Where messages go that do not fit; undefined: they are left out. */
  readonly deadLetter: Stream | undefined
  readonly runs: TriggeredRuns<StreamMessage>
  readonly clock: Clock
  readonly random: () => number
  readonly count: (result: MessageResult) => void
  readonly warn: (message: string, reason: string) => void
}

/**
 * Begins a run for each message of a stream, and acknowledges it when that is recorded: what is not is handed out again, and
 * its run's id, STREAM:GROUP:KEY, is there once.
 */
export class MessageTrigger {
  readonly #options: MessageTriggerOptions
  readonly #consuming: { stop(): Promise<void> }
  readonly #trying: Persistence
  /** Taken, and not yet acknowledged. */
  readonly #held = new Set<string>()
  /** The last of those that have an order, by what they are alike in. */
  readonly #lines = new Map<string, Promise<unknown>>()
  readonly #underWay = new Set<Promise<void>>()
  #open = 0

  constructor(options: MessageTriggerOptions) {
    this.#options = options
    const { stream, concurrent, group, consumer, from } = options
    this.#trying = new Persistence({ ...options, longestPauseMs: 5000 })
    this.#consuming = stream.consume({
      ...{ group, consumer, from },
      room: () => Math.max(0, concurrent - this.#open),
      take: (taken) => this.#take(taken),
      held: () => [...this.#held],
    })
  }

  /** Takes no more; resolves when what was taken is recorded, or left to others. */
  async stop(): Promise<void> {
    this.#trying.stop()
    await this.#consuming.stop()
    await Promise.all(this.#underWay)
  }

  #take(taken: Taken): void {
    if (this.#held.has(taken.id)) return
    this.#held.add(taken.id)
    this.#open += 1
    const { order } = this.#options
    const line = order?.(taken.message)
    const before = line === undefined ? undefined : this.#lines.get(line)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    if (line !== undefined) this.#lines.set(line, ended)
    const leave = () => {
      this.#open -= 1
      if (line !== undefined && this.#lines.get(line) === ended) this.#lines.delete(line)
      end()
    }
    const stopped = new Promise<'stopped'>((resolve) =>
      this.#trying.signal.addEventListener('abort', () => resolve('stopped'), { once: true }),
    )
    const work = (async () => {
      if (before && (await Promise.race([before, stopped])) === 'stopped') return leave()
      const run = await this.#begin(taken)
      this.#held.delete(taken.id)
      if (run) run.ended.then(leave, leave)
      else leave()
    })()
    this.#underWay.add(work)
    void work.finally(() => this.#underWay.delete(work))
  }

  /** Tries until it is recorded, or known that it never can be; undefined where no run of it is open here. */
  async #begin(taken: Taken) {
    const { name, group, key, runs, count } = this.#options
    const id = `${name}:${group}:${key(taken.message) ?? taken.message.id}`
    let begun: Awaited<ReturnType<typeof runs.begin>>
    const isDone = await this.#insist(async () => {
      try {
        begun = await runs.begin(id, taken.message)
        count(begun ? 'run' : 'repeated')
      } catch (thrown) {
        const error = toGatewayError(thrown)
        if (error.code !== 'invalid-input') throw error
        await this.#bury(taken, error)
      }
    })
    if (isDone) await this.#insist(() => this.#options.stream.acknowledge(group, taken.id))
    return begun
  }

  async #bury({ message }: Taken, error: GatewayError): Promise<void> {
    const { name, group, deadLetter, count, warn } = this.#options
    const { id, key, data, headers } = message
    const reason = [error.detail, ...(error.faults ?? []).map((fault) => `${fault.in}: ${fault.detail}`)].join('; ')
    if (deadLetter) {
      const told = { 'tessera-stream': name, 'tessera-group': group, 'tessera-error': reason }
      await deadLetter.write({ id, key, data, headers: { ...headers, ...told } })
    } else warn(`a message of ${name} does not fit and is left out: ${id}`, reason)
    count('dead')
  }

  /** Whether something was done before it was stopped. */
  async #insist(act: () => Promise<void>): Promise<boolean> {
    let pauseMs = 100
    while (!this.#trying.signal.aborted) {
      try {
        await act()
        return true
      } catch {
        await this.#trying.pause(pauseMs)
        pauseMs = Math.min(5000, pauseMs * 2)
      }
    }
    return false
  }
}
