import type { HistoryTarget } from '../../config/history.ts'
import { MemoryHistory } from './memory.ts'
import type { HistoryStore, StoreParts } from './store.ts'

/** Opens where recordings are kept. */
export async function openHistoryStore({ kind }: HistoryTarget, parts: StoreParts): Promise<HistoryStore> {
  switch (kind) {
    case 'memory':
      return new MemoryHistory(parts)
  }
}
