import * as z from 'zod'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { template } from '../language/scalars.ts'
import { checkShape } from '../language/shape.ts'
import { operationShape } from '../operations/operation.ts'
import { policyKeys } from '../operations/policies.ts'
import type { Source } from '../yaml/source.ts'
import { balanceShape } from './service/balance.ts'
import { careKeys } from './service/care.ts'
import { discoverShape } from './service/discover.ts'
import { endpointsShape } from './service/endpoints.ts'
import { retryBudgetShape } from './service/retry-budget.ts'

/** `config/services/*.yaml` */
export const serviceShape = z
  .strictObject({
    service: z
      .string()
      .regex(/^[a-zA-Z][\w-]*$/, 'a service is named by letters, digits, - and _')
      .describe('Its name.'),
    summary: z.string().optional().describe('What it is for, in a line.'),
    endpoints: endpointsShape.optional(),
    discover: discoverShape.optional(),
    balance: balanceShape,
    ...careKeys,
    retryBudget: retryBudgetShape.optional(),
    ...policyKeys,
    headers: z.record(z.string(), template).optional().describe('Sent with every operation.'),
    operations: z
      .record(z.string().regex(/^[a-zA-Z][\w-]*$/, 'an operation is named by letters, digits, - and _'), operationShape)
      .default({})
      .describe('Name: a call that it offers.'),
  })
  .meta({ description: 'A backend service: endpoints, policies and colored operations.' })

/** A service as its file has it. */
export interface ServiceDefinition {
  readonly source: Source
  readonly definition: z.output<typeof serviceShape>
}

export function readService(source: Source, diagnostics: DiagnosticCollector): ServiceDefinition | undefined {
  const definition = checkShape(serviceShape, source.value ?? {}, { source, path: [] }, diagnostics)
  if (!definition) return undefined
  checkWhereItRuns(source, diagnostics)
  if (definition.failover === 'stop' && !definition.health && !definition.discover) {
    const at = source.locate(['failover'])
    const help = 'declare one of them, or let it rest: `retry`'
    diagnostics.add('invalid-value', 'an endpoint that is left comes back only by `health` or `discover`', at, help)
  }
  return { source, definition }
}

/** By its own list or by a registry's: two could not both be right. */
function checkWhereItRuns(source: Source, diagnostics: DiagnosticCollector): void {
  const written = (source.value ?? {}) as Record<string, unknown>
  const isListed = Object.hasOwn(written, 'endpoints')
  const isDiscovered = Object.hasOwn(written, 'discover')
  if (!isListed && !isDiscovered) {
    diagnostics.add('missing-key', '`endpoints` is missing', source.locateKey([]), 'or `discover`, to look them up')
  } else if (isListed && isDiscovered) {
    const at = source.locateKey(['discover'])
    diagnostics.add('invalid-value', '`endpoints` already says where it runs', at, 'leave one of the two away')
  }
}
