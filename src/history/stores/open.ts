import { resolve } from 'node:path'
import type { HistoryTarget } from '../../config/history.ts'
import { MemoryHistory } from './memory.ts'
import type { HistoryStore, StoreParts } from './store.ts'

/**
 * Opens where recordings are kept; rejects where that cannot be.
 * @param base what directories are beside
 */
export async function openHistoryStore(target: HistoryTarget, base: string, parts: StoreParts): Promise<HistoryStore> {
  switch (target.kind) {
    case 'memory':
      return new MemoryHistory(parts)
    case 'directory': {
      const { DirectoryHistory } = await import('./directory/directory.ts')
      return DirectoryHistory.open(resolve(base, target.path), parts)
    }
  }
}
