import type { ServiceDefinition } from '../config/service.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Root } from '../operations/grpc/library.ts'
import { parseProto } from '../operations/grpc/proto.ts'

/** What a service defines of gRPC. What is wrong with its files is reported where they are named. */
export function bindProto(
  { source, definition, files }: ServiceDefinition,
  diagnostics: DiagnosticCollector,
): Root | 'unread' | undefined {
  const { proto } = definition
  if (proto === undefined) return undefined
  const at = source.locate(['proto'])
  const main = files.find(({ name }) => name === proto)
  const definitions = [
    ...(main ? [main] : []),
    ...files.filter((file) => file !== main && file.name.endsWith('.proto')),
  ]
  const lost = definitions.find(({ lack }) => lack !== undefined)
  if (!main || lost) {
    const [path, why] = [lost?.path ?? proto, lost?.lack ?? 'nobody looked for it']
    diagnostics.add('file-unreadable', `${path} cannot be read: ${why}`, at)
    return 'unread'
  }
  try {
    return parseProto(definitions)
  } catch (thrown) {
    diagnostics.add('invalid-value', (thrown as Error).message, at)
    return 'unread'
  }
}
