import * as z from 'zod'
import { headersShape } from '../binding/headers.ts'
import { checkShape } from '../binding/shape.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { BalancerKind } from '../endpoints/balancers/balancer.ts'
import { createOperationShapes, graphqlTypesShape, operationShape } from '../operations/operation.ts'
import { addPolicyKeys, policyKeysOn } from '../operations/policies/keys.ts'
import { useShape } from '../operations/use.ts'
import type { Source } from '../yaml/source.ts'
import { budgetHeaderShape } from './budget-header.ts'
import { serviceAuthShape } from './service/auth.ts'
import { balanceShape, createBalanceShape, openBalanceShape } from './service/balance.ts'
import { careKeys } from './service/care.ts'
import { createDiscoverShape, type DiscoverShape, discoverShape, openDiscoverShape } from './service/discover.ts'
import { endpointsShape } from './service/endpoints.ts'
import { retryBudgetShape } from './service/retry-budget.ts'
import { hostShape, tlsShape } from './service/tls.ts'
import { checkWhereItRuns, createVersionsShape, splitShape, versionsShape } from './service/versions.ts'
import type { ServiceFile } from './service-files.ts'

const operationsOf = (shape: typeof operationShape) =>
  z
    .record(z.string().regex(/^[a-zA-Z][\w-]*$/, 'an operation is named by letters, digits, - and _'), shape)
    .default({})
    .describe('Name: a call that it offers.')

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
    versions: versionsShape.optional(),
    split: splitShape.optional(),
    balance: balanceShape,
    connections: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .describe(
        'Connections to one endpoint at most, so also calls of it at once. 64, or as many as its bulkhead lets through, where nothing is said.',
      ),
    http2: z
      .boolean()
      .optional()
      .describe(
        'Speaks HTTP/2 to it: by ALPN over https, at once over http. `connections` are then the calls of an endpoint at once.',
      ),
    proto: z
      .string()
      .min(1)
      .optional()
      .describe('File of its definition (.proto), for operations of `grpc`. Then it speaks HTTP/2.'),
    tls: tlsShape.optional(),
    host: hostShape.optional(),
    auth: serviceAuthShape.optional(),
    ...careKeys,
    use: useShape.optional(),
    retryBudget: retryBudgetShape.optional(),
    ...policyKeysOn('service'),
    budgetHeader: budgetHeaderShape.optional(),
    headers: headersShape.optional().describe('Sent with every operation.'),
    schema: graphqlTypesShape
      .optional()
      .describe('A file of GraphQL types, from where this file lies: its `graphql` operations are held against it.'),
    operations: operationsOf(operationShape),
  })
  .meta({ description: 'A backend service: endpoints, policies and colored operations.' })

/**
 * The same, by what extensions add to it.
 * @param isWhole false: they add more than is known
 */
export function createServiceShape(
  balancers: ReadonlyMap<string, BalancerKind>,
  discoveries: readonly DiscoverShape[],
  policies: PolicyKinds,
  isWhole: boolean,
): typeof serviceShape {
  const discover = (isWhole ? createDiscoverShape(discoveries) : openDiscoverShape) as typeof discoverShape
  return addPolicyKeys(serviceShape, 'service', policies)
    .safeExtend({
      balance: (isWhole ? createBalanceShape(balancers) : openBalanceShape) as typeof balanceShape,
      discover: discover.optional(),
      versions: createVersionsShape(discover).optional(),
      operations: operationsOf(createOperationShapes(policies).inService),
    })
    .meta(serviceShape.meta()!)
}

/** A service as its file has it. */
export interface ServiceDefinition {
  readonly source: Source
  readonly definition: z.output<typeof serviceShape>
  /** What it names. */
  readonly files: readonly ServiceFile[]
}

export function readService(
  source: Source,
  shape: typeof serviceShape,
  diagnostics: DiagnosticCollector,
  files: readonly ServiceFile[] = [],
): ServiceDefinition | undefined {
  const definition = checkShape(shape, source.value ?? {}, { source, path: [] }, diagnostics)
  if (!definition) return undefined
  checkWhereItRuns(definition, source, diagnostics)
  if (definition.failover === 'stop' && !definition.health && !isDiscovered(definition)) {
    const at = source.locate(['failover'])
    const help = 'declare one of them, or let it rest: `retry`'
    diagnostics.add('invalid-value', 'an endpoint that is left comes back only by `health` or `discover`', at, help)
  }
  return { source, definition, files: files.filter(({ by }) => by === source.path) }
}

/** Whether every place where it runs is looked up. */
function isDiscovered({ discover, versions }: z.output<typeof serviceShape>): boolean {
  const places = versions ? Object.values(versions) : [{ discover }]
  return places.every((position) => position.discover !== undefined)
}
