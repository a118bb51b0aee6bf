import * as z from 'zod'
import { colorKey, duration, meaning, template } from '../../binding/scalars.ts'

const fallbackEntry = z.union([
  z.strictObject({ body: template.describe('Taken as if the backend had answered it.') }),
  z.strictObject({ assign: z.record(colorKey, template).describe('Writes these colors instead.') }),
  z.strictObject({ lastGood: duration.describe('The last good answer to the same request, no older than this.') }),
  z.strictObject({ invoke: meaning(z.string(), 'operation').describe('Another operation, `service.operation`.') }),
])

/** `fallback:` one entry, or a list tried in order. */
export const fallbackShape = z
  .union([fallbackEntry, z.array(fallbackEntry).min(1)])
  .transform((entry) => (Array.isArray(entry) ? entry : [entry]))
  .meta({ description: 'What answers when the call fails.' })

export type FallbackEntry = z.output<typeof fallbackEntry>
