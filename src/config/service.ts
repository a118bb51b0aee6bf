import * as z from 'zod'
import type { EndpointTarget } from '../backends/call.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { template } from '../language/scalars.ts'
import { checkShape } from '../language/shape.ts'
import { operationShape } from '../operations/operation.ts'
import { policyKeys } from '../operations/policies.ts'
import type { Source } from '../yaml/source.ts'

const endpointUrl = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue({ code: 'custom', message: `\`${text}\` is not a URL of http or https` })
  } else if (url.username || url.search || url.hash) {
    context.addIssue({
      code: 'custom',
      message: 'an endpoint is an origin, maybe with a path: no credentials, query or fragment',
    })
  }
})

const endpoint = z
  .union([
    endpointUrl,
    z.strictObject({
      url: endpointUrl.describe('An http or https origin, maybe with a path.'),
      weight: z.int().min(1).max(1000).default(1).describe('Its share of the calls, beside those of the others.'),
      zone: z.string().optional().describe('Where it is, for people.'),
    }),
  ])
  .transform(
    (entry): EndpointTarget =>
      typeof entry === 'string' ? { url: entry, weight: 1, zone: undefined } : { ...entry, zone: entry.zone },
  )

/** `config/services/*.yaml` */
export const serviceShape = z
  .strictObject({
    service: z
      .string()
      .regex(/^[a-zA-Z][\w-]*$/, 'a service is named by letters, digits, - and _')
      .describe('Its name.'),
    summary: z.string().optional().describe('What it is for, in a line.'),
    endpoints: z.array(endpoint).min(1).describe('Where it runs.'),
    balance: z.enum(['round-robin']).default('round-robin').describe('How calls are spread over endpoints.'),
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
  const standIns = { endpoints: ['http://left.out'] }
  const definition = checkShape(serviceShape, source.value ?? {}, { source, path: [] }, diagnostics, standIns)
  return definition && { source, definition }
}
