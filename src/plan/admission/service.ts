import type { ServiceBulkhead, ServiceRate } from '../../admission/target.ts'
import type { Language } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import type { ServiceDefinition } from '../../config/service.ts'
import { bindKeyPart, compileDocumentKey, type KeyPart, readOfPart } from './key.ts'

/** What stands before the calls of a service, and what that reads of the context for every call. */
export interface ServiceAdmission {
  readonly bulkhead?: ServiceBulkhead
  readonly limit?: ServiceRate
}

export function bindServiceAdmission(
  { source, definition }: ServiceDefinition,
  language: Language,
): { readonly admission: ServiceAdmission; readonly reads: readonly Read[] } {
  // Neither has a `false`.
  const bulkhead = definition.bulkhead || undefined
  const limit = definition.limit || undefined
  const part = (text: string, ...path: (string | number)[]) => bindKeyPart(text, source.locate(path), language) ?? []
  const client: KeyPart[] = bulkhead?.by === undefined ? [] : [part(bulkhead.by, 'bulkhead', 'by')].flat()
  const isList = Array.isArray(source.valueAt(['limit', 'by']))
  const counted = (limit?.by ?? []).flatMap((text, index) => part(text, 'limit', 'by', ...(isList ? [index] : [])))
  const admission: ServiceAdmission = {
    ...(bulkhead && {
      bulkhead: {
        policy: bulkhead.policy,
        by: bulkhead.by,
        clientOf: client.length > 0 ? compileDocumentKey(client) : undefined,
      },
    }),
    ...(limit && {
      limit: {
        policy: limit.policy,
        maxWaitMs: limit.maxWaitMs,
        by: limit.by,
        keyOf: counted.length > 0 ? compileDocumentKey(counted) : undefined,
      },
    }),
  }
  return { admission, reads: [...client, ...counted].map(readOfPart) }
}
