import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type FileSettings, file, findFaultOfList } from '../endpoints/discovery/file.ts'
import type { Snapshot } from '../plan/snapshot.ts'

/** What is wrong with the lists of endpoints that services name (`discover: { file: … }`), as they are now. */
export async function checkEndpointLists({ catalogue }: Snapshot): Promise<readonly Diagnostic[]> {
  const paths = new Set<string>()
  for (const { info } of catalogue.values()) {
    for (const { discover } of [info, ...(info.split?.versions ?? []).map(({ target }) => target)])
      if (discover?.kind === file) paths.add((discover.settings as FileSettings).path)
  }
  const diagnostics = new DiagnosticCollector()
  for (const path of paths) {
    const fault = await findFaultOfList(path)
    const at = { file: path, line: 1, column: 1, endLine: 1, endColumn: 2 }
    const help = 'it is a list like `endpoints`; until it can be used, calls of its service fail'
    if (fault !== undefined)
      diagnostics.add('file-unreadable', `${path} cannot be read as endpoints: ${fault}`, at, help)
  }
  return diagnostics.sorted()
}
