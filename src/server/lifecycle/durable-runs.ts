import { AsyncLocalStorage } from 'node:async_hooks'
import type { Call } from '../../calls/call.ts'
import type { CallSite } from '../../calls/policy.ts'
import type { Backends } from '../../calls/registry.ts'
import type { Clock } from '../../clock.ts'
import type { Engine } from '../../durable/engine.ts'
import type { EngineParts, OpenPlan } from '../../durable/engine-parts.ts'
import type { PlanText, packPlan } from '../../durable/plan-text.ts'
import type { RunRecord } from '../../durable/runs/record.ts'
import type { DurableStore } from '../../durable/store/store.ts'
import { GatewayError, toGatewayError } from '../../errors.ts'
import { buildSnapshot } from '../../plan/build.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import { callerOf } from '../../run/caller.ts'
import type { ExecutionParts } from '../../run/execute.ts'
import type { Answer, Failure } from '../../run/outcome.ts'
import { packOutcome } from '../../run/packed-outcome.ts'
import { runRecorded } from '../../run/recorded.ts'
import type { Client, Handle } from '../../run/stage.ts'
import type { Notify } from '../../telemetry/notice.ts'
import { untraced } from '../../telemetry/untraced.ts'
import type { goesOn } from '../runs/answers.ts'

interface DurableRunsParts {
  readonly clock: Clock
  readonly notify: Notify
  readonly backends: Backends
  /** The directory that a relative one in the gateway's file stands in. */
  readonly base: string
  readonly pace: (calls: readonly Call[]) => readonly Call[]
  /** Writes to a stream. */
  readonly emit?: ExecutionParts['emit']
  /** Told of each run that is done, until it resolves. */
  readonly done?: EngineParts<Outcome>['done']
}

type Outcome = Answer | Failure

/** How a route of the configuration that serves is executed. */
interface Served {
  readonly route: AggregatedRoute
  readonly parts: ExecutionParts
  readonly plan: PlanText
  /** Keeps its calls open until it is released. */
  readonly hold: () => () => void
}

/** The durable routes of a gateway: nothing of them is loaded before there is one. */
export class DurableRuns {
  readonly #parts: DurableRunsParts
  /** Of the configuration that serves, by their names. */
  #served = new Map<string, Served>()
  #snapshot: Snapshot | undefined
  #opened: Promise<Opened> | undefined
  #packPlan: typeof packPlan | undefined
  #goesOn: typeof goesOn | undefined
  #limits: string | undefined
  /** Of requests whose runs begin in this process, by their ids. */
  readonly #clients = new Map<string, Client>()

  constructor(parts: DurableRunsParts) {
    this.#parts = parts
  }

  /** Opens what the durable routes of a configuration need, before it serves. */
  async prepare(snapshot: Snapshot): Promise<void> {
    this.#snapshot = snapshot
    const durable = snapshot.routes.filter((route) => route.kind === 'aggregate' && route.durable)
    if (durable.length > 0) this.#opened ??= this.#open(snapshot)
    const opened = await this.#opened?.catch((thrown: unknown) => {
      // What cannot be opened now may be the next time, or be wanted no more.
      this.#opened = undefined
      throw thrown
    })
    const names = new Set(durable.map(({ name }) => name))
    for (const name of this.#served.keys()) if (!names.has(name)) this.#served.delete(name)
    opened?.engine.reload()
  }

  async #open({ settings: { stores } }: Snapshot): Promise<Opened> {
    const { clock, notify, base } = this.#parts
    const [{ Engine }, { packPlan }, { openDurableStore }, { goesOn }] = await Promise.all([
      import('../../durable/engine.ts'),
      import('../../durable/plan-text.ts'),
      import('../../durable/store/open.ts'),
      import('../runs/answers.ts'),
    ])
    this.#packPlan = packPlan
    this.#goesOn = goesOn
    const warn = (message: string) => notify({ level: 'warn', subject: 'durable runs', message })
    const store = await openDurableStore(stores.durable!, { keys: stores.durableKey, base, warn })
    const openPlan = this.#openPlan.bind(this)
    try {
      const done = this.#parts.done && AsyncLocalStorage.bind(this.#parts.done)
      const parts = { store, clock, notify, openPlan, done, print: packOutcome }
      const engine = await Engine.open<Outcome>(parts)
      const reason = limitsOf(store)
      notify({ level: 'info', subject: 'durable runs', message: `they are kept in ${store.describe}`, reason })
      this.#limits = reason
      return { engine, store }
    } catch (thrown) {
      await store.close()
      throw thrown
    }
  }

  /** What begins runs by itself, once there is a durable route. */
  async triggered(): Promise<TriggeredEngine> {
    const { engine } = (await this.#opened)!
    return {
      marks: engine.marks,
      isOpen: (prefix) => engine.isOpen(prefix),
      begin: async (name, id, occasion) => {
        const served = this.#served.get(name)
        if (!served) throw cannotGoOn(`there is no route \`${name}\` any more`)
        const { route, plan } = served
        const document = route.createDocument({ ...nobody, ...occasion, id })
        return engine.startOnce(id, { plan, route: name, document, requestId: id, loop: undefined })
      },
    }
  }

  /** What operators do with runs, wherever those are executed; undefined where nothing keeps any. */
  async control(): Promise<RunControl | undefined> {
    return (await this.#opened)?.engine
  }

  /** What the place where runs are kept bears, and what it does not, for people; undefined where there is none. */
  get limits(): string | undefined {
    return this.#limits
  }

  /**
   * What is known of a run, wherever it is executed.
   * @throws GatewayError `overloaded`, 503, where that cannot be read now
   */
  async find(id: string): Promise<RunRecord | undefined> {
    const { engine } = (await this.#opened)!
    try {
      return await engine.find(id)
    } catch (thrown) {
      const { message: reason } = toGatewayError(thrown)
      throw new GatewayError('overloaded', { status: 503, retryAfter: 1, reason, title: 'Runs cannot be read now' })
    }
  }

  /** The end of a durable route: its answer, if the run has one in time; else that it goes on. */
  end(route: AggregatedRoute, parts: ExecutionParts, hold: Served['hold']): Handle {
    const plan = this.#packPlan!(this.#snapshot!.texts, route.file)
    this.#served.set(route.name, { route, parts, hold, plan })
    const { replyWithinMs: withinMs } = route.durable!
    return async (request, client) => {
      const { engine } = (await this.#opened)!
      const { requestId, loop } = client.propagation()
      const document = request.document!
      const by = callerOf(request.parts.identity)
      let begun = ''
      try {
        const started = await engine.start({ plan, route: route.name, document, by, requestId, loop }, (id) => {
          begun = id
          this.#clients.set(id, client)
        })
        if (!started.isNew) throw new GatewayError('internal', { reason: 'a run without a key was found by one' })
        const { id, ended } = started
        const { promise: late, resolve } = Promise.withResolvers<Outcome>()
        const timer = this.#parts.clock.schedule(withinMs, () => resolve(this.#goesOn!(route, id, engine.stateOf(id))))
        const outcome = await Promise.race([ended.then((end) => end.outcome), late])
        timer.cancel()
        return outcome
      } finally {
        // A run that was never recorded has taken its client from here as little as one that begins too late.
        this.#clients.delete(begun)
      }
    }
  }

  /** Today's route where it has this plan; else the one of then, with today's services. */
  async #openPlan(name: string, hash: string, load: () => Promise<string>): Promise<OpenPlan<Outcome>> {
    const served = this.#served.get(name)
    if (served?.plan.hash === hash) return this.#planOf(served.route, served.parts, served.hold())
    const { unpackPlan } = await import('../../durable/plan-text.ts')
    const today = this.#snapshot!
    const texts = unpackPlan(await load(), today.texts)
    if (!texts) throw cannotGoOn('its plan is kept in a form that this version does not know')
    const { snapshot, diagnostics } = buildSnapshot(texts)
    const route = snapshot?.routes.find((one): one is AggregatedRoute => one.kind === 'aggregate' && one.name === name)
    if (!route) {
      const [fault] = diagnostics.filter(({ severity }) => severity === 'error')
      throw cannotGoOn(`its plan cannot be read any more${fault ? `: ${fault.message}` : ''}`)
    }
    const sites = route.callSites.map((site) => withServiceOf(today, site))
    const opened = this.#parts.backends.open(sites)
    const { clock, emit } = this.#parts
    const parts = { clock, emit, calls: () => this.#parts.pace(opened.calls), stepEnded() {} }
    return this.#planOf(route, parts, () => opened.release())
  }

  #planOf(route: AggregatedRoute, parts: ExecutionParts, release: () => void): OpenPlan<Outcome> {
    return {
      settings: route.durable!,
      maxWork: route.maxWork,
      signals: route.signals,
      execute: (start, { id, requestId, loop }) => {
        const client = this.#clients.get(id)
        this.#clients.delete(id)
        const { span = untraced } = client ?? {}
        const propagation = client?.propagation() ?? { tracestate: undefined, baggage: undefined, requestId, loop }
        return runRecorded(route, parts, { ...start, span, propagation })
      },
      isFailure: ({ kind }) => kind === 'failure',
      release,
    }
  }

  /** Records what is under way, and leaves the rest to whoever comes next. */
  async close(withinMs: number): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    if (!opened) return
    await opened.engine.close(withinMs)
    await opened.store.close()
  }
}

export type RunControl = Pick<Engine<Outcome>, 'find' | 'list' | 'send' | 'signal' | 'purge'>

/** Begins the runs that nobody asks for. */
export interface TriggeredEngine extends Pick<Engine<Outcome>, 'marks' | 'isOpen'> {
  begin(
    route: string,
    id: string,
    occasion: Pick<RequestParts, 'trigger' | 'message'>,
  ): ReturnType<Engine<Outcome>['startOnce']>
}

const nobody: RequestParts = {
  ...{ method: '', path: '', params: {}, query: {}, headers: {}, cookies: {}, body: undefined, ip: '', id: '' },
}

interface Opened {
  readonly engine: Engine<Outcome>
  readonly store: { close(): Promise<void> }
}

function limitsOf({ limits, isShared }: DurableStore): string {
  return [...(isShared ? ['any number of gateways use it'] : []), ...limits].join('; ')
}

/** Where a service runs, and how that is looked after, is today's. */
function withServiceOf({ catalogue }: Snapshot, site: CallSite): CallSite {
  const service = catalogue.get(site.service.name)?.info
  if (!service) throw cannotGoOn(`there is no service \`${site.service.name}\` any more`)
  return { ...site, service }
}

function cannotGoOn(reason: string): GatewayError {
  return new GatewayError('internal', { reason })
}
