import { readFile } from 'node:fs/promises'
import { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { parseYaml } from '../../yaml/parse.ts'
import type { EndpointTarget } from '../endpoint-target.ts'
import type { DiscoveryKind } from './discovery.ts'
import { readEntry } from './endpoint-entry.ts'

export interface FileSettings {
  /** From the working directory, or absolute. */
  readonly path: string
  readonly everyMs: number
}

/**
 * A list of endpoints that someone else writes. The file is read every second and compared: watching would miss what
 * replaces it (the links of a ConfigMap, an editor's rename), and this cannot.
 */
export const file: DiscoveryKind<FileSettings> = {
  name: 'file',
  summary: 'A list in a YAML or JSON file, read again as it changes; one that cannot be used leaves the last in use',
  longestPauseMs: 1000,
  describe: ({ path }) => path,
  async follow({ path, everyMs }, search) {
    let known: string | undefined
    while (!search.signal.aborted) {
      const text = await readFile(path, 'utf8')
      if (text !== known) {
        search.found(readList(path, text))
        known = text
      }
      await search.pause(everyMs)
    }
  },
}

/** Why a list cannot be used as it is now; undefined when it can. */
export async function findFaultOfList(path: string): Promise<string | undefined> {
  try {
    readList(path, await readFile(path, 'utf8'))
    return undefined
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'it does not exist' : message
  }
}

/** @throws Error when any of it cannot be used: half a list could be one that is being written */
function readList(path: string, text: string): EndpointTarget[] {
  const diagnostics = new DiagnosticCollector()
  const value = parseYaml({ path, text }, {}, diagnostics)?.value
  if (diagnostics.hasErrors) throw new Error('it is not YAML')
  if (!Array.isArray(value)) throw new Error('it is no list')
  return value.map((entry, index) => {
    const endpoint = readEntry(entry)
    if (typeof endpoint === 'string') throw new Error(`entry ${index + 1} is no endpoint: ${endpoint}`)
    return endpoint
  })
}
