import { randomUUID } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import { printJson } from '../json-text.ts'
import type { Marks } from '../triggers/marks.ts'
import { isOpen, launch, shutdown, startRun, takeOver, withoutJournal } from './dbos.ts'
import { packDocument } from './document.ts'
import type { EngineParts, Recorded, RunRequest } from './engine-parts.ts'
import { Executor } from './executor.ts'
import { Inbox } from './inbox/inbox.ts'
import type { Sent } from './inbox/message.ts'
import type { RunEnd } from './run.ts'
import { PlanTable } from './runs/plans.ts'
import type { Claim, Delivery, Purge, RunFilter, RunRecord, SignalDelivery } from './runs/record.ts'
import { inboxChannel, RunTable } from './runs/table.ts'
import { isEnd, type RunState } from './state.ts'
import type { Lease } from './store/lease.ts'
import type { Listener } from './store/listener.ts'
import { notRecorded, type StartTicket, startWithin } from './store/start-deadline.ts'
import { triggerMarksIn } from './store/trigger-marks.ts'
import { Sweeper } from './sweeper.ts'

/** In which a run is recorded, or its client is told that it is not. */
const startMs = 1000

/** A run that began, or the one that has its key. */
export type Started<Outcome> =
  | { readonly isNew: true; readonly id: string; readonly ended: Promise<RunEnd<Outcome>> }
  | { readonly isNew: false; readonly run: RunRecord }

/** Records runs, has them executed here, and speaks for all of them: those of other gateways of the store too. */
export class Engine<Outcome> {
  readonly #parts: EngineParts<Outcome>
  readonly #runs: RunTable
  readonly #plans: PlanTable
  readonly #executor: Executor<Outcome>
  readonly #inbox: Inbox
  readonly #listener: Listener
  readonly #sweeper: Sweeper
  #lease: Lease | undefined
  /** How far what begins runs by itself has come. */
  readonly marks: Marks

  private constructor(parts: EngineParts<Outcome>) {
    const { store, clock } = parts
    this.#parts = parts
    this.marks = triggerMarksIn(store.pool)
    this.#runs = new RunTable(store)
    this.#plans = new PlanTable(store, clock)
    const executor = new Executor<Outcome>({
      ...parts,
      records: this.#runs,
      loadPlan: (hash) => this.#plans.load(hash),
      mayAct: () => this.#lease?.isHeld ?? true,
      resumed: (id) => this.#inbox.look(id),
    })
    this.#executor = executor
    this.#inbox = new Inbox({
      ...{ records: this.#runs, clock },
      lastOf: (id) => executor.runOf(id)?.log.lastMessage,
      open: () => executor.open,
      deliver: (id, message) => executor.deliver(id, message),
    })
    this.#listener = store.listen(inboxChannel, clock, (id) => this.#inbox.look(id))
    this.#sweeper = new Sweeper(this.#runs, this.#plans, clock)
  }

  static async open<Outcome>(parts: EngineParts<Outcome>): Promise<Engine<Outcome>> {
    const { store, clock, notify } = parts
    const executor = randomUUID()
    const warn = (message: string) => notify({ level: 'warn', subject: 'durable runs', message })
    const { pool: systemDatabasePool, serializer } = store
    const engine = new Engine(parts)
    try {
      const execute = (id: string, text: string) => engine.#executor.execute(id, text)
      await launch(executor, { systemDatabasePool, serializer }, execute, warn)
      try {
        engine.#lease = await store.holdLease({ executor, clock, takeOver, warn })
      } catch (thrown) {
        await shutdown()
        throw thrown
      }
    } catch (thrown) {
      await engine.#rest()
      throw thrown
    }
    return engine
  }

  /**
   * Records a run, which then begins, unless another has its key; `begins` is told its id before.
   * @throws GatewayError `overloaded`, 503, when that takes too long
   */
  async start(request: RunRequest, begins: (id: string) => void): Promise<Started<Outcome>> {
    // While the database is gone, runs that nobody waits for would pile up.
    if (!this.#lease?.isHeld) throw notRecorded('the database of durable runs does not answer')
    const id = randomUUID()
    begins(id)
    try {
      return await startWithin(startMs, this.#parts.clock, (ticket) => this.#record(id, request, ticket))
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : notRecorded((thrown as Error).message)
    }
  }

  /**
   * Records a run under the id of what begins it, which is its key as well, however long that takes; undefined where that has a
   * run, or had one that is kept.
   * @throws GatewayError `overloaded`, 503, when it cannot be recorded now
   */
  async startOnce(id: string, request: RunRequest): Promise<{ readonly ended: Promise<unknown> } | undefined> {
    if (!this.#lease?.isHeld) throw notRecorded('the database of durable runs does not answer')
    try {
      const started = await this.#record(id, { ...request, key: id }, anyTime)
      return started.isNew ? started : undefined
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : notRecorded((thrown as Error).message)
    }
  }

  /** Whether a run is open whose id begins so, anywhere. */
  isOpen(prefix: string): Promise<boolean> {
    return isOpen(prefix)
  }

  async #record(id: string, request: RunRequest, ticket: StartTicket): Promise<Started<Outcome>> {
    const { plan, document, by, key, digest, route, requestId, loop } = request
    await this.#plans.keep(plan)
    const claim = await this.#claim({ id, route, plan: plan.hash, by, key, request: digest })
    if (!claim.isNew) return ticket.claim() ? claim : new Promise(() => {})
    const claimed = Promise.withResolvers<void>()
    const { promise: ended, resolve } = Promise.withResolvers<RunEnd<Outcome>>()
    const forget = this.#executor.expect(id, { ticket, claimed: claimed.resolve, ended: resolve })
    const recorded: Recorded = {
      ...{ route, requestId, loop, plan: plan.hash, document: packDocument(document) },
      ...{ seed: randomUUID(), startBy: ticket.startBy },
    }
    try {
      const isFirst = await startRun(id, printJson(recorded))
      const run = isFirst ? undefined : await this.#runs.find(id)
      if (!isFirst) forget()
      if (run) return { isNew: false, run }
    } catch (thrown) {
      forget()
      await this.#runs.discard(id).catch(() => {})
      throw thrown
    }
    await claimed.promise
    return { isNew: true, id, ended }
  }

  /** What has the key may have been claimed by a gateway that ended before it began. */
  async #claim(run: Omit<Parameters<RunTable['claim']>[0], 'at'>): Promise<Claim> {
    for (;;) {
      const at = this.#parts.clock.epoch()
      const claim = await this.#runs.claim({ ...run, at })
      if (claim.isNew || claim.run.state !== 'pending' || at - claim.run.startedAt < 2 * startMs) return claim
      const [lost] = await withoutJournal([claim.run.id])
      if (lost === undefined) return claim
      await this.#runs.discard(lost)
    }
  }

  /** What is known of a run, wherever it is executed; undefined for one that is not, or no longer, kept. */
  async find(id: string): Promise<RunRecord | undefined> {
    const run = await this.#runs.find(id)
    const state = this.stateOf(id)
    return run && state !== undefined && run.endedAt === undefined ? { ...run, state } : run
  }

  /** The newest runs first, of all gateways of the store. */
  list(filter: RunFilter): Promise<readonly RunRecord[]> {
    return this.#runs.list(filter)
  }

  /** Forgets a run that has ended. */
  purge(id: string): Promise<Purge> {
    return this.#runs.purge(id)
  }

  /**
   * Sends something to a run, wherever it is executed, and whether it is at this moment: it is told in its turn, once, by its
   * `mailbox`. Resolves when that is recorded.
   */
  send(id: string, sent: Sent): Promise<Delivery> {
    return this.#runs.send(id, sent, this.#parts.clock.epoch())
  }

  /** Sends a signal to a run, if its plan waits for such a one somewhere, and what comes by it is right. */
  async signal(id: string, name: string, body: unknown, who: string | undefined): Promise<SignalDelivery> {
    const run = await this.#runs.find(id)
    if (!run) return 'unknown-run'
    if (run.endedAt !== undefined) return 'ended'
    const plan = await this.#parts.openPlan(run.route, run.plan, () => this.#plans.load(run.plan))
    try {
      const check = plan.signals?.get(name)
      if (!check) return 'unknown-signal'
      const faults = check(body)
      return faults.length > 0 ? { faults } : await this.send(id, { kind: 'signal', name, body, who })
    } finally {
      plan.release()
    }
  }

  /** What a run is at that is executed here; undefined for another. Its end is none before that is recorded, with its answer. */
  stateOf(id: string): RunState | undefined {
    const state = this.#executor.runOf(id)?.state
    return state && isEnd(state) ? 'running' : state
  }

  /** There is another configuration: what could not go on may do so now. */
  reload(): void {
    this.#executor.reload()
  }

  /** Begins nothing more, records what is under way, and leaves the rest to whoever comes next. */
  async close(withinMs: number): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, withinMs).unref())
    await Promise.race([this.#executor.stop(), late])
    await this.#rest()
    await this.#lease?.giveUp()
    await shutdown()
  }

  async #rest(): Promise<void> {
    this.#listener.close()
    await Promise.all([this.#inbox.close(), this.#sweeper.close()])
  }
}

/** Nobody waits for what an occasion begins: it is recorded as soon as it can be. */
const anyTime: StartTicket = { startBy: Number.MAX_SAFE_INTEGER, claim: () => true }
