import { DBOS, type DBOSConfig, Error as Errors } from '@dbos-inc/dbos-sdk'

/** Of the form in which runs are kept: DBOS gives an executor those of its own version alone. */
const version = 'tessera-1'
const runName = 'tessera.run'
const stepName = 'log'

/** Executes a run from its input; gives what it came to, as text. */
export type ExecuteRun = (id: string, input: string) => Promise<string>

/** DBOS is one for a process, and so are its workflows. */
let execute: ExecuteRun | undefined
const runWorkflow = DBOS.registerWorkflow((input: string) => execute!(DBOS.workflowID!, input), {
  name: runName,
  // A run that waits outlives any number of gateways: those that end theirs are counted by what is recorded of them.
  maxRecoveryAttempts: Number.MAX_SAFE_INTEGER,
})
/** Of the runs of gateways that are gone: they begin as soon as it is looked at. */
const takenOver = 'tessera.taken-over'
const lookMs = 100

/** @throws Error where the process executes the runs of another gateway */
export async function launch(
  executor: string,
  options: Pick<DBOSConfig, 'systemDatabasePool' | 'serializer'>,
  run: ExecuteRun,
  warn: (message: string) => void,
): Promise<void> {
  if (execute) throw new Error('a process executes the durable runs of one gateway')
  execute = run
  const tell = (message: unknown) => warn(String(message))
  const logger = { debug() {}, info() {}, warn: tell, error: tell }
  DBOS.setConfig({ ...options, name: 'tessera', executorID: executor, applicationVersion: version, logger })
  try {
    await DBOS.launch()
    await DBOS.registerQueue(takenOver, { minPollingIntervalMs: lookMs, onConflict: 'always_update' })
  } catch (thrown) {
    execute = undefined
    throw thrown
  }
}

/** What is not done is left where it is. */
export async function shutdown(): Promise<void> {
  await DBOS.shutdown()
  execute = undefined
}

/** Resolves when a run is recorded; to false where there is one of this id. */
export async function startRun(id: string, input: string): Promise<boolean> {
  try {
    await DBOS.startWorkflow(runWorkflow, { workflowID: id, workflowIDReusePolicy: 'reject' })(input)
    return true
  } catch (thrown) {
    if (Errors.isWorkflowIDInUseError(thrown)) return false
    throw thrown
  }
}

/** Whether a run is open whose id begins so, anywhere. */
export async function isOpen(prefix: string): Promise<boolean> {
  const runs = await DBOS.listWorkflows({
    workflowName: runName,
    workflow_id_prefix: prefix,
    status: ['PENDING', 'ENQUEUED'],
    ...{ limit: 1, loadInput: false, loadOutput: false },
  })
  return runs.length > 0
}

/** The next of a run's log: as it was written, else what is written now. */
export function logNext(make: () => Promise<string>): Promise<string> {
  return DBOS.runStep(make, { name: stepName })
}

/** When a run was recorded, in milliseconds since the epoch, by the clock of the database. */
export async function recordedAt(id: string): Promise<number> {
  const status = await DBOS.retrieveWorkflow(id).getStatus()
  return status?.createdAt ?? 0
}

/** Hands the runs of an executor that is gone to whoever dispatches first. */
export async function takeOver(executor: string): Promise<void> {
  const runs = await DBOS.listWorkflows({
    executorId: executor,
    status: 'PENDING',
    loadInput: false,
    loadOutput: false,
  })
  if (runs.length > 0) {
    const ids = runs.map(({ workflowID }) => workflowID)
    await DBOS.resumeWorkflows(ids, { queueName: takenOver })
  }
}

/** Forgets journals. */
export async function dropJournals(ids: string[]): Promise<void> {
  await DBOS.deleteWorkflows(ids)
}

/** Which of these runs have no journal. */
export async function withoutJournal(ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return []
  const runs = await DBOS.listWorkflows({ workflowIDs: [...ids], loadInput: false, loadOutput: false })
  const known = new Set(runs.map(({ workflowID }) => workflowID))
  return ids.filter((id) => !known.has(id))
}
