import { fair } from './fair.ts'
import { fifo } from './fifo.ts'
import { priority } from './priority.ts'
import type { QueueKind } from './queue.ts'

/** The orders of a bulkhead's queue, by name. */
export const queues: ReadonlyMap<string, QueueKind> = new Map([fifo, priority, fair].map((kind) => [kind.name, kind]))
