import * as z from 'zod'
import { withRole } from './variables.ts'

/** A list of steps inside a construct. What the steps are is checked one by one, each by its own kind. */
export const steps = withRole(z.array(z.any()), 'inside').meta({
  id: 'steps',
  description: 'Steps, one after the other.',
})
