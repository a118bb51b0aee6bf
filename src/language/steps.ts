import * as z from 'zod'

/** A list of steps inside a construct. What the steps are is checked one by one, each by its own kind. */
export const steps = z.array(z.any()).meta({ id: 'steps', description: 'Steps, one after the other.' })
