import type { ServiceDefinition } from '../config/service.ts'
import type { ServiceFile } from '../config/service-files.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'

/** The file that a service names at a place; undefined where it names none, or one that cannot be read, which is reported. */
export function findNamed(
  { source, definition, files }: ServiceDefinition,
  place: readonly string[],
  diagnostics: DiagnosticCollector,
): ServiceFile | undefined {
  const name = place.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], definition)
  // What is only meant there (`shcema`) was not looked for, and its key has been reported.
  if (name === undefined || source.valueAt(place) === undefined) return undefined
  const file = files.find((one) => one.name === name)
  if (file?.lack === undefined && file) return file
  // Whoever builds a snapshot of texts alone has to give those too.
  const why = `${file?.path ?? name} cannot be read: ${file?.lack ?? 'nobody looked for it'}`
  diagnostics.add('file-unreadable', why, source.locate(place))
  return undefined
}
