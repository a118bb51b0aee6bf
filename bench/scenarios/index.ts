import type { Scenario } from '../harness/scenario.ts'
import { failing } from './failing.ts'
import { calls, mappedSizes, wholeSizes } from './fan-out/scenarios.ts'
import { guarded } from './guarded.ts'
import { home } from './home/scenario.ts'
import { mosaic } from './mosaic/scenario.ts'
import { passthrough } from './passthrough/scenario.ts'
import { routes } from './routes.ts'
import { batches, flow, sequence } from './shop/scenarios.ts'
import { tracing } from './tracing.ts'
import { whole } from './whole.ts'

/** In the order in which they are measured. */
export const scenarios: readonly Scenario[] = [
  home,
  guarded,
  mosaic,
  passthrough,
  tracing,
  routes,
  whole,
  calls,
  mappedSizes,
  wholeSizes,
  sequence,
  flow,
  batches,
  failing,
]
