import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../../clock.ts'
import { toGatewayError } from '../../errors.ts'
import { Persistence } from '../../persistence.ts'
import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import type { StreamTrigger, TimedTrigger as Timed } from '../../routes/on.ts'
import type { Streams } from '../../streams/streams.ts'
import type { Notify } from '../../telemetry/notice.ts'
import type { StreamState, TriggerMetrics } from '../../telemetry/trigger-metrics.ts'
import type { MessageTrigger } from '../../triggers/message-trigger.ts'
import { printMoment } from '../../triggers/triggered-runs.ts'
import type { DurableRuns } from './durable-runs.ts'

interface TriggersParts {
  readonly clock: Clock
  readonly random: () => number
  readonly notify: Notify
  readonly metrics: TriggerMetrics
  readonly durable: Pick<DurableRuns, 'triggered'>
  readonly streams: Streams
}

interface Running {
  readonly identity: string
  readonly stop: () => Promise<void>
}

/** Between two looks at how much waits in the streams, and two at what may be forgotten. */
const lookEveryMs = 10_000
/** For what is being recorded when the gateway ends. */
const stopMs = 2000

/** What begins the runs of a gateway that nobody asks for: of the configuration that serves. */
export class Triggers {
  readonly #parts: TriggersParts
  readonly #consumer = randomUUID()
  readonly #running = new Map<string, Running>()
  readonly #closing: Persistence
  #followers: readonly { readonly route: string; readonly follower: string }[] = []
  #reads: readonly { readonly stream: string; readonly group: string }[] = []
  #lags = new Map<string, number>()
  #looking: Timer | undefined
  /** One change of them at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: TriggersParts) {
    this.#parts = parts
    this.#closing = new Persistence({ ...parts, longestPauseMs: 5000 })
    parts.metrics.follow(() => this.states)
  }

  /** Goes by another configuration: what is as it was goes on. */
  follow(snapshot: Snapshot): Promise<void> {
    const next = this.#turn.then(() => this.#follow(snapshot))
    this.#turn = next.catch(() => {})
    return next
  }

  async #follow({ routes, settings }: Snapshot): Promise<void> {
    const { streams } = this.#parts
    if (this.#closing.signal.aborted) return
    streams.follow(settings.streams)
    const triggered = routes.flatMap((route) => (route.kind === 'aggregate' && route.match.on ? [route] : []))
    this.#followers = triggered.flatMap(({ name, match: { on } }) =>
      on?.kind === 'after' ? [{ route: on.route, follower: name }] : [],
    )
    const wanted = new Map(triggered.map((route) => [route.name, this.#identityOf(route)]))
    const gone = [...this.#running].filter(([name, { identity }]) => wanted.get(name) !== identity)
    for (const [name] of gone) this.#running.delete(name)
    // One that waits for the database holds up no reload: what both would begin is begun once.
    for (const [, { stop }] of gone) void stop()
    for (const route of triggered) if (!this.#running.has(route.name)) await this.#start(route)
    this.#reads = triggered.flatMap(({ match: { on } }) => (on?.kind === 'stream' ? [on] : []))
    if (triggered.length > 0) this.#looking ??= this.#lookLater()
  }

  #identityOf({ match: { on } }: AggregatedRoute): string {
    const named = on?.kind === 'stream' ? [on.stream, on.deadLetter ?? ''] : []
    return JSON.stringify([on, named.map((name) => this.#parts.streams.identity(name))])
  }

  async #start(route: AggregatedRoute): Promise<void> {
    const { on } = route.match
    const identity = this.#identityOf(route)
    if (on?.kind === 'every' || on?.kind === 'cron') {
      const stop = await this.#startTimed(route.name, on)
      this.#running.set(route.name, { identity, stop })
    } else if (on?.kind === 'stream') {
      const trigger = await this.#startReading(route, on)
      this.#running.set(route.name, { identity, stop: () => trigger.stop() })
    }
  }

  async #startTimed(route: string, on: Timed): Promise<() => Promise<void>> {
    const { clock, notify, metrics, durable } = this.#parts
    const { TimedTrigger } = await import('../../triggers/timed-trigger.ts')
    const { cronSchedule, everyInterval } = await import('../../triggers/schedule.ts')
    const { marks, isOpen, begin } = await durable.triggered()
    const trigger = new TimedTrigger({
      ...{ route, clock, marks, overlap: on.overlap, missedForMs: on.missedForMs },
      schedule: on.kind === 'every' ? everyInterval(on.everyMs) : cronSchedule(on.cron, on.zone),
      runs: {
        isOpen: () => isOpen(`${route}:`),
        begin: (id, firing) => begin(route, id, { trigger: firing }),
      },
      count: (result) => metrics.countRun(route, result),
      told: (reason) => {
        if (reason === undefined) notify({ level: 'info', subject: route, message: 'the trigger begins runs again' })
        else notify({ level: 'warn', subject: route, message: 'the trigger cannot begin a run', reason })
      },
    })
    return () => trigger.stop()
  }

  async #startReading({ name: route, bound }: AggregatedRoute, on: StreamTrigger): Promise<MessageTrigger> {
    const { clock, random, notify, metrics, durable, streams } = this.#parts
    const { MessageTrigger: Trigger } = await import('../../triggers/message-trigger.ts')
    const { begin } = await durable.triggered()
    return new Trigger({
      ...{ clock, random, name: on.stream, group: on.group, from: on.from, concurrent: on.concurrent },
      ...{ consumer: this.#consumer, key: bound.messages!.key, order: bound.messages!.order },
      stream: await streams.get(on.stream),
      deadLetter: on.deadLetter === undefined ? undefined : await streams.get(on.deadLetter),
      runs: { begin: (id, message) => begin(route, id, { message }) },
      count: (result) => metrics.countRun(route, result),
      warn: (message, reason) => notify({ level: 'warn', subject: route, message, reason }),
    })
  }

  /** A run is done: those that follow it are begun, each once. Never ends where they cannot be before this gateway does. */
  async done(route: string, id: string): Promise<void> {
    for (const { follower } of this.#followers.filter((one) => one.route === route)) await this.#begin(follower, id)
  }

  async #begin(follower: string, id: string): Promise<void> {
    const { clock, durable, notify, metrics } = this.#parts
    for (let pauseMs = 100; !this.#closing.signal.aborted; pauseMs = Math.min(5000, 2 * pauseMs)) {
      try {
        const { marks, begin } = await durable.triggered()
        const mark = await marks.read(follower)
        const last = mark?.firedMs === undefined ? undefined : printMoment(mark.firedMs)
        const now = clock.epoch()
        const begun = await begin(follower, `${follower}:${id}`, { trigger: { time: printMoment(now), last } })
        await marks.write(follower, { doneMs: now, firedMs: now, waitingMs: [] })
        if (begun) metrics.countRun(follower, 'fired')
        return
      } catch (thrown) {
        const { code, message } = toGatewayError(thrown)
        metrics.countRun(follower, 'failed')
        if (pauseMs === 100)
          notify({ level: 'warn', subject: follower, message: `${id} is not followed`, reason: message })
        if (code === 'invalid-input') return
        await this.#closing.pause(pauseMs)
      }
    }
    await new Promise<never>(() => {})
  }

  #lookLater(): Timer {
    return this.#parts.clock.schedule(lookEveryMs, () => {
      void this.#look().finally(() => {
        if (!this.#closing.signal.aborted) this.#looking = this.#lookLater()
      })
    })
  }

  async #look(): Promise<void> {
    const lags = new Map<string, number>()
    for (const { stream, group } of this.#reads) {
      const lag = await this.#parts.streams
        .get(stream)
        .then((one) => one.lag(group))
        .catch(() => undefined)
      if (lag !== undefined) lags.set(`${stream} ${group}`, lag)
    }
    this.#lags = lags
  }

  get states(): readonly StreamState[] {
    return this.#parts.streams.states.map(({ name, isUp }) => ({
      ...{ stream: name, isUp },
      lags: this.#reads.flatMap(({ stream, group }) => {
        const messages = this.#lags.get(`${stream} ${group}`)
        return stream === name && messages !== undefined ? [{ group, messages }] : []
      }),
    }))
  }

  /** Begins nothing more; the streams stay, for runs that write to them. */
  async stop(): Promise<void> {
    this.#closing.stop()
    this.#looking?.cancel()
    const stopped = this.#turn.then(() => Promise.all([...this.#running.values()].map(({ stop }) => stop())))
    // What is not recorded by then is handed out again, or is due still.
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#parts.clock.schedule(stopMs, resolve)
    await Promise.race([stopped, late])
    timer.cancel()
  }
}
