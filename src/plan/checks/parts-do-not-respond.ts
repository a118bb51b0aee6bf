import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/** A part gives colors; what is answered says the route. */
export const partsDoNotRespond: RouteCheck = (part, { diagnostics }) => {
  const help = 'let the part give a color, and respond in the route'
  for (const { response, at } of everyStep(part.body))
    if (response) diagnostics.add('misplaced-respond', 'a part does not end the route', at, help)
}
