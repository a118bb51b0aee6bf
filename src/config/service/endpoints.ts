import * as z from 'zod'
import { endpointUrl } from '../../binding/endpoint-url.ts'
import type { EndpointTarget } from '../../endpoints/endpoint-target.ts'

const endpoint = z
  .union([
    endpointUrl,
    z.strictObject({
      url: endpointUrl.describe('An http or https origin, maybe with a path.'),
      weight: z.int().min(1).max(1000).default(1).describe('Its share of the calls, beside those of the others.'),
      zone: z.string().optional().describe('Where it is: endpoints in the gateway’s own `zone` are preferred.'),
    }),
  ])
  .transform(
    (entry): EndpointTarget =>
      typeof entry === 'string' ? { url: entry, weight: 1, zone: undefined } : { ...entry, zone: entry.zone },
  )

/** `endpoints:` */
export const endpointsShape = z.array(endpoint).min(1).describe('Where it runs. It has these or `discover`.')
