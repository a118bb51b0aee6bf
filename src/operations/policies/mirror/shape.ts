import * as z from 'zod'
import { type Meaning, share, timeSpan } from '../../../binding/scalars.ts'

/** `mirror:` */
export const mirrorShape = z
  .strictObject({
    to: z
      .string()
      .describe('A service, a version of one (`reco@next`), or a URL.')
      .meta({
        'x-tessera': 'service' satisfies Meaning,
        examples: ['reco-next', 'reco@next', 'http://reco-next:9004'],
      }),
    share: share.default(1).describe('Of the calls.'),
    concurrent: z.int().min(1).max(1000).default(10).describe('Copies under way at most; one more is dropped.'),
    timeout: timeSpan.default(1000).describe('How long a copy waits for its answer.'),
    unsafe: z.boolean().default(false).describe('Copies requests that are to change something, too.'),
    credentials: z
      .boolean()
      .default(false)
      .describe(
        'Copies credentials, too: `authorization`, `cookie`, `x-api-key` and the like, headers with a secret color.',
      ),
  })
  .meta({
    description:
      'Sends copies of requests elsewhere; the answers are ignored. Of GET and HEAD only, unless it says otherwise.',
  })

export type MirrorDefinition = z.output<typeof mirrorShape>
