import * as z from 'zod'
import { parseDuration } from '../../../expressions/units.ts'

/** When an attempt that takes long gets company. */
export interface HedgePolicy {
  /** A fixed time, or what this share of the operation's calls (0.95: p95) takes at most. */
  readonly after: { readonly ms: number } | { readonly quantile: number }
  /** Attempts beside the first. */
  readonly max: number
}

const after = z
  .string()
  .transform((text, context): HedgePolicy['after'] => {
    const percentile = /^p(\d{2}(?:\.\d{1,2})?)$/.exec(text)?.[1]
    if (percentile !== undefined && Number(percentile) >= 50) return { quantile: Number(percentile) / 100 }
    const ms = percentile === undefined ? parseDuration(text) : undefined
    if (ms !== undefined && ms > 0) return { ms }
    context.addIssue({
      code: 'custom',
      message: `\`${text}\` is no time to wait`,
      params: { help: 'write it like p95 (50 to 99.99) or 50ms' },
    })
    return z.NEVER
  })
  .meta({
    title: 'percentile or duration',
    description: 'A percentile of the operation’s response times, like p95, or a duration, like 50ms.',
    examples: ['p95', '50ms'],
    pattern: '^(p[5-9]\\d(\\.\\d{1,2})?|\\d+(\\.\\d+)?(ms|s|m|h))$|[$][{]env[.]',
  })

/** `hedge:` */
export const hedgeShape = z
  .strictObject({
    after: after
      .prefault('p95')
      .describe('How long the first attempt may wait: a time, or a percentile of the operation’s response times.'),
    max: z.int().min(1).max(3).default(1).describe('Attempts beside the first, each after as long again.'),
  })
  .transform((hedge): HedgePolicy => hedge)
  .meta({
    description:
      'Another attempt beside one that is slow, on another endpoint: the first answer counts. Only for idempotent methods.',
  })
