import { randomUUID } from 'node:crypto'
import type { Timer } from '../clock.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import { parseJson, printJson } from '../json-text.ts'
import { keepPlan, launch, loadPlan, logNext, recordedAt, shutdown, startRun, sweep, takeOver } from './dbos.ts'
import { packDocument, unpackDocument } from './document.ts'
import type { EngineParts, OpenPlan, Recorded, RunRequest } from './engine-parts.ts'
import type { Batch } from './log/entry.ts'
import type { PlanText } from './plan-text.ts'
import { Run, type RunEnd } from './run.ts'
import type { Lease } from './store/lease.ts'
import { isLate, notRecorded, type StartTicket, startWithin } from './store/start-deadline.ts'

/** In which a run is recorded, or its client is told that it is not. */
const startMs = 1000
/** Executions in a row that nothing came of, as of a run that ends its gateway. */
const mostBeginnings = 5
const sweepEveryMs = 5000

interface Starting {
  readonly ticket: StartTicket
  readonly claimed: () => void
}

const never = () => new Promise<never>(() => {})

/** Executes runs: each is a workflow of DBOS whose steps are the batches of its log, written one after the other. */
export class Engine<Outcome> {
  readonly #parts: EngineParts<Outcome>
  readonly #starting = new Map<string, Starting>()
  readonly #open = new Map<string, Run<Outcome>>()
  readonly #ends = new Map<string, RunEnd<Outcome>>()
  readonly #kept = new Set<string>()
  #lease: Lease | undefined
  #sweeping: Timer | undefined
  #sweep: Promise<void> = Promise.resolve()
  #reloaded = Promise.withResolvers<void>()

  private constructor(parts: EngineParts<Outcome>) {
    this.#parts = parts
  }

  static async open<Outcome>(parts: EngineParts<Outcome>): Promise<Engine<Outcome>> {
    const engine = new Engine(parts)
    const { store, clock, notify } = parts
    const executor = randomUUID()
    const warn = (message: string) => notify({ level: 'warn', subject: 'durable runs', message })
    const { pool: systemDatabasePool, serializer } = store
    await launch(executor, { systemDatabasePool, serializer }, (id, text) => engine.#execute(id, text), warn)
    try {
      engine.#lease = await store.holdLease({ executor, clock, takeOver, warn })
    } catch (thrown) {
      await shutdown()
      throw thrown
    }
    engine.#sweepLater()
    return engine
  }

  /**
   * Records a run, which then begins; `begins` is told its id before.
   * @throws GatewayError `overloaded`, 503, when that takes too long
   */
  async start(
    { plan, document, ...rest }: RunRequest,
    begins: (id: string) => void,
  ): Promise<{ readonly id: string; readonly ended: Promise<RunEnd<Outcome>> }> {
    // While the database is gone, runs that nobody waits for would pile up.
    if (!this.#lease?.isHeld) throw notRecorded('the database of durable runs does not answer')
    const id = randomUUID()
    begins(id)
    const { clock } = this.#parts
    try {
      return await startWithin(startMs, clock, async (ticket) => {
        const claimed = Promise.withResolvers<void>()
        this.#starting.set(id, { ticket, claimed: claimed.resolve })
        await this.#keepPlan(plan)
        const recorded: Recorded = {
          ...rest,
          ...{ plan: plan.hash, document: packDocument(document), seed: randomUUID(), startBy: ticket.startBy },
        }
        const run = await startRun(id, printJson(recorded))
        const ended = run.ended.then(() => this.#endOf(id))
        ended.catch(() => {})
        await claimed.promise
        return { id, ended }
      })
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : notRecorded((thrown as Error).message)
    }
  }

  /** What a run came to that ended here; one that was taken from here ends elsewhere. */
  #endOf(id: string): RunEnd<Outcome> | Promise<never> {
    const end = this.#ends.get(id)
    this.#ends.delete(id)
    return end ?? never()
  }

  /** What a run is at that is executed here; undefined for another. */
  stateOf(id: string) {
    return this.#open.get(id)?.state
  }

  /** There is another configuration: what could not go on may do so now. */
  reload(): void {
    this.#reloaded.resolve()
    this.#reloaded = Promise.withResolvers()
  }

  /** Begins nothing more, records what is under way, and leaves the rest to whoever comes next. */
  async close(withinMs: number): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, withinMs).unref())
    await Promise.race([Promise.all([...this.#open.values()].map(({ log }) => log.stop())), late])
    await this.#sweep
    this.#sweeping?.cancel()
    await this.#lease?.giveUp()
    await shutdown()
  }

  /** Of a run that has ended nothing is kept. */
  #sweepLater(): void {
    const { clock } = this.#parts
    this.#sweeping = clock.schedule(sweepEveryMs, () => {
      this.#sweep = sweep().then(
        () => this.#sweepLater(),
        () => this.#sweepLater(),
      )
    })
  }

  async #keepPlan({ hash, text }: PlanText): Promise<void> {
    if (this.#kept.has(hash)) return
    await keepPlan(hash, text)
    this.#kept.add(hash)
  }

  async #execute(id: string, text: string): Promise<string> {
    const recorded = parseJson(text) as Recorded
    const starting = this.#starting.get(id)
    this.#starting.delete(id)
    if (starting && !starting.ticket.claim()) return isVoid
    starting?.claimed()
    const plan = await this.#openPlan(id, recorded)
    try {
      return await this.#record(id, recorded, plan, starting === undefined)
    } finally {
      this.#open.delete(id)
      plan.release()
    }
  }

  async #openPlan(id: string, { route, plan }: Recorded): Promise<OpenPlan<Outcome>> {
    const { openPlan, notify } = this.#parts
    for (;;) {
      const { promise: reloaded } = this.#reloaded
      try {
        return await openPlan(route, plan, () => loadPlan(plan))
      } catch (thrown) {
        const reason = toGatewayError(thrown).message
        notify({ level: 'warn', subject: route, message: `the run ${id} is parked: it cannot go on`, reason })
      }
      await reloaded
    }
  }

  /** Reads what was written of a run, begins it anew from there, and writes what comes. */
  async #record(id: string, recorded: Recorded, plan: OpenPlan<Outcome>, isAgain: boolean): Promise<string> {
    const past: Batch[] = []
    let run: Run<Outcome> | undefined
    for (;;) {
      let isFresh = false
      let written = () => {}
      const text = await logNext(async () => {
        isFresh = true
        if (isAgain && past.length === 0 && isLate(recorded, await recordedAt(id))) return isVoid
        run = this.#begin(id, recorded, plan, past, !isAgain)
        const first = await run.log.take()
        written = first!.written
        return printJson(first!.batch)
      })
      if (text === isVoid) return isVoid
      if (isFresh) {
        run!.count(text.length)
        written()
        break
      }
      past.push(parseJson(text) as Batch)
    }
    return this.#write(run!)
  }

  #begin(
    id: string,
    recorded: Recorded,
    plan: OpenPlan<Outcome>,
    past: readonly Batch[],
    isAwaited: boolean,
  ): Run<Outcome> {
    const { clock, notify } = this.#parts
    const { seed, document, route, requestId, loop } = recorded
    const tell = (message: string, reason: string) => notify({ level: 'warn', subject: route, message, reason })
    const run: Run<Outcome> = new Run({
      ...{ id, seed, document: unpackDocument(document), past, clock },
      settings: plan.settings,
      maxWork: plan.maxWork,
      mayAct: () => this.#lease?.isHeld ?? true,
      execute: (start) => plan.execute(start, { id, requestId, loop }),
      isFailure: (outcome) => plan.isFailure(outcome),
      parked: (place, { code }) => tell(`the run ${id} is parked: ${place} cannot be undone`, code),
    })
    for (const batch of past) run.count(printJson(batch).length)
    this.#open.set(id, run)
    run.log.mismatch.then(({ reason = '' }) => tell(`the run ${id} is parked: it does not do what it did`, reason))
    if (run.log.beginnings > mostBeginnings)
      tell(`the run ${id} is parked: it has begun ${mostBeginnings} times`, 'each time its gateway ended')
    else
      void run.go().then((end) => {
        if (isAwaited) this.#ends.set(id, end)
        run.log.end()
      })
    return run
  }

  async #write(run: Run<Outcome>): Promise<string> {
    const { log } = run
    for (let next = await log.take(); next; next = await log.take()) {
      const text = printJson(next.batch)
      await logNext(async () => text)
      run.count(text.length)
      next.written()
    }
    // One that was only given up goes on elsewhere.
    return run.end ? printJson({ state: run.end.state, compensated: run.end.compensated }) : never()
  }
}

/** What a run comes to whose client was told that it does not begin. */
const isVoid = '{"state":"void"}'
