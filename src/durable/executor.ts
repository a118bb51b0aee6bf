import { Scope } from '../cancellation.ts'
import { toGatewayError } from '../errors.ts'
import { parseJson, printJson } from '../json-text.ts'
import { pause } from '../pause.ts'
import { logNext, recordedAt } from './dbos.ts'
import { unpackDocument } from './document.ts'
import type { EngineParts, OpenPlan, Recorded } from './engine-parts.ts'
import type { Message } from './inbox/message.ts'
import type { Batch } from './log/entry.ts'
import { Run, type RunEnd } from './run.ts'
import type { RunRecords } from './runs/record.ts'
import { StateWriter } from './runs/state-writer.ts'
import { isLate, type StartTicket } from './store/start-deadline.ts'

/** Executions in a row that nothing came of, as of a run that ends its gateway. */
const mostBeginnings = 5
const endAgainMs = 500

/** A run that begins here, and whoever waits for it. */
export interface Starting<Outcome> {
  readonly ticket: StartTicket
  readonly claimed: () => void
  readonly ended: (end: RunEnd<Outcome>) => void
}

export interface ExecutorOptions<Outcome>
  extends Pick<EngineParts<Outcome>, 'clock' | 'notify' | 'openPlan' | 'print' | 'done'> {
  readonly records: RunRecords
  readonly loadPlan: (hash: string) => Promise<string>
  /** Whether this process may act for its runs. */
  readonly mayAct: () => boolean
  /** A run that was recorded before goes on here. */
  readonly resumed: (id: string) => void
}

interface OpenRun<Outcome> {
  readonly run: Run<Outcome>
  readonly states: StateWriter
}

const never = () => new Promise<never>(() => {})

/** Executes runs as workflows of DBOS, whose steps are the batches of a run's log, written one after the other. */
export class Executor<Outcome> {
  readonly #options: ExecutorOptions<Outcome>
  readonly #starting = new Map<string, Starting<Outcome>>()
  readonly #open = new Map<string, OpenRun<Outcome>>()
  #reloaded = Promise.withResolvers<void>()

  constructor(options: ExecutorOptions<Outcome>) {
    this.#options = options
  }

  /** Who waits for a run that is about to be recorded; gives what forgets it. */
  expect(id: string, starting: Starting<Outcome>): () => void {
    this.#starting.set(id, starting)
    return () => this.#starting.delete(id)
  }

  /** A run that is executed here; undefined for another. */
  runOf(id: string): Run<Outcome> | undefined {
    return this.#open.get(id)?.run
  }

  get open(): Iterable<string> {
    return this.#open.keys()
  }

  deliver(id: string, message: Message): void {
    this.#open.get(id)?.run.log.receive(message)
  }

  /** There is another configuration: what could not go on may do so now. */
  reload(): void {
    this.#reloaded.resolve()
    this.#reloaded = Promise.withResolvers()
  }

  /** Resolves when nothing begins any more, and what was under way is written. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ run }) => run.log.stop()))
  }

  async execute(id: string, text: string): Promise<string> {
    const recorded = parseJson(text) as Recorded
    const starting = this.#starting.get(id)
    this.#starting.delete(id)
    if (starting && !starting.ticket.claim()) return this.#discard(id)
    starting?.claimed()
    const plan = await this.#openPlan(id, recorded)
    try {
      return await this.#record(id, recorded, plan, starting)
    } finally {
      this.#open.get(id)?.states.close()
      this.#open.delete(id)
      plan.release()
    }
  }

  /** Its client was told that it does not begin. */
  async #discard(id: string): Promise<string> {
    await this.#untilDone(() => this.#options.records.discard(id))
    return isVoid
  }

  async #openPlan(id: string, { route, plan }: Recorded): Promise<OpenPlan<Outcome>> {
    const { openPlan, loadPlan, notify, records, clock } = this.#options
    for (;;) {
      const { promise: reloaded } = this.#reloaded
      try {
        return await openPlan(route, plan, () => loadPlan(plan))
      } catch (thrown) {
        const reason = toGatewayError(thrown).message
        notify({ level: 'warn', subject: route, message: `the run ${id} is parked: it cannot go on`, reason })
        void records.enter(id, 'parked', clock.epoch()).catch(() => {})
      }
      await reloaded
    }
  }

  /** Reads what was written of a run, begins it anew from there, and writes what comes. */
  async #record(
    id: string,
    recorded: Recorded,
    plan: OpenPlan<Outcome>,
    starting: Starting<Outcome> | undefined,
  ): Promise<string> {
    const past: Batch[] = []
    let run: Run<Outcome> | undefined
    for (;;) {
      let isFresh = false
      let written = () => {}
      const text = await logNext(async () => {
        isFresh = true
        if (!starting && past.length === 0 && isLate(recorded, await recordedAt(id))) return isVoid
        run = this.#begin(id, recorded, plan, past)
        if (!starting) this.#options.resumed(id)
        const first = await run.log.take()
        written = first!.written
        return printJson(first!.batch)
      })
      if (text === isVoid) return this.#discard(id)
      if (isFresh) {
        run!.count(text.length)
        written()
        break
      }
      past.push(parseJson(text) as Batch)
    }
    const end = await this.#write(run!)
    if (end.state === 'done') await this.#options.done?.(recorded.route, id)
    await this.#end(id, end, plan)
    starting?.ended(end)
    return printJson({ state: end.state, compensated: end.compensated })
  }

  #begin(id: string, recorded: Recorded, plan: OpenPlan<Outcome>, past: readonly Batch[]): Run<Outcome> {
    const { clock, notify, mayAct, records } = this.#options
    const { seed, document, route, requestId, loop } = recorded
    const tell = (message: string, reason: string) => notify({ level: 'warn', subject: route, message, reason })
    const run: Run<Outcome> = new Run({
      ...{ id, seed, document: unpackDocument(document), past, clock, mayAct },
      settings: plan.settings,
      maxWork: plan.maxWork,
      execute: (start) => plan.execute(start, { id, requestId, loop }),
      isFailure: (outcome) => plan.isFailure(outcome),
      parked: (place, { code }) => tell(`the run ${id} is parked: ${place} cannot be undone`, code),
      stateChanged: () => states.look(),
    })
    for (const batch of past) run.count(printJson(batch).length)
    const isStuck = run.log.beginnings > mostBeginnings
    const states = new StateWriter(id, records, clock, () => (isStuck ? 'parked' : run.state))
    this.#open.set(id, { run, states })
    run.log.mismatch.then(({ reason = '' }) => tell(`the run ${id} is parked: it does not do what it did`, reason))
    if (isStuck) tell(`the run ${id} is parked: it has begun ${mostBeginnings} times`, 'each time its gateway ended')
    else void run.go().then(() => run.log.end())
    states.look()
    return run
  }

  async #write(run: Run<Outcome>): Promise<RunEnd<Outcome>> {
    const { log } = run
    for (let next = await log.take(); next; next = await log.take()) {
      const text = printJson(next.batch)
      await logNext(async () => text)
      run.count(text.length)
      next.written()
    }
    // One that was only given up goes on elsewhere.
    return run.end ?? never()
  }

  /** Recorded before anybody is told: who asks again is told the same. */
  async #end(id: string, { state, outcome }: RunEnd<Outcome>, { settings }: OpenPlan<Outcome>): Promise<void> {
    const { clock, records, print } = this.#options
    this.#open.get(id)?.states.close()
    const at = clock.epoch()
    const { retentionMs, keepsAll: keepsJournal } = settings
    const ending = { state, at, answer: print(outcome), expiresAt: at + retentionMs, keepsJournal }
    await this.#untilDone(() => records.end(id, ending))
  }

  /** Where the database is away, again and again: DBOS would take the run for failed. */
  async #untilDone(act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await act()
      } catch {
        await pause(endAgainMs, this.#options.clock, new Scope())
      }
    }
  }
}

/** What a run comes to whose client was told that it does not begin. */
const isVoid = '{"state":"void"}'
