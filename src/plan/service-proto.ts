import type { ServiceDefinition } from '../config/service.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Root } from '../operations/grpc/library.ts'
import { parseProto } from '../operations/grpc/proto.ts'
import { findNamed } from './service-file.ts'

/** What a service defines of gRPC. What is wrong with its files is reported where they are named. */
export function bindProto(service: ServiceDefinition, diagnostics: DiagnosticCollector): Root | 'unread' | undefined {
  const { source, definition, files } = service
  if (definition.proto === undefined) return undefined
  const at = source.locate(['proto'])
  const main = findNamed(service, ['proto'], diagnostics)
  if (!main) return 'unread'
  const definitions = [main, ...files.filter((file) => file !== main && file.name.endsWith('.proto'))]
  const lost = definitions.find(({ lack }) => lack !== undefined)
  if (lost) {
    diagnostics.add('file-unreadable', `${lost.path} cannot be read: ${lost.lack}`, at)
    return 'unread'
  }
  try {
    return parseProto(definitions)
  } catch (thrown) {
    diagnostics.add('invalid-value', (thrown as Error).message, at)
    return 'unread'
  }
}
