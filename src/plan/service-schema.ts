import type { ServiceDefinition } from '../config/service.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { buildTypes, type Types } from '../operations/graphql/schema.ts'
import { findNamed } from './service-file.ts'

/** The types that queries are held against. What is wrong with their file is reported where it is named. */
export function bindTypes(
  service: ServiceDefinition,
  place: readonly string[],
  diagnostics: DiagnosticCollector,
): Types | undefined {
  const file = findNamed(service, place, diagnostics)
  return file && buildTypes(file, service.source.locate(place), diagnostics)
}
