import { parentPort, workerData } from 'node:worker_threads'
import { type DatabaseOptions, HistoryDatabase } from './database.ts'
import type { Added, Answered, Asked } from './messages.ts'

/** Writes and reads recordings beside the thread that serves, which waits for no disk. */
const database = new HistoryDatabase(workerData as DatabaseOptions)
const port = parentPort!

port.on('message', ({ id, ask }: Asked) => {
  const answer = (answered: Omit<Answered, 'id'>) => port.postMessage({ id, ...answered })
  try {
    answer({ value: perform(ask) })
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) })
  }
})

function perform(ask: Asked['ask']): unknown {
  switch (ask.kind) {
    case 'add':
      return { forgotten: database.add(ask.batch, ask.plans, ask.epoch), size: database.size() } satisfies Added
    case 'list':
      return database.list(ask.query, ask.epoch)
    case 'get':
      return database.get(ask.run)
    case 'size':
      return database.size()
    case 'close':
      database.close()
      return undefined
  }
}
