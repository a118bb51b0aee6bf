import * as z from 'zod'
import { meaning } from '../binding/scalars.ts'

const preset = meaning(z.string(), 'preset')

/** `use:` of a service, an operation, a step or a route: names of presets, of which later ones win. */
export const useShape = z
  .union([preset, z.array(preset).min(1)])
  .transform((names) => [names].flat())
  .meta({
    description:
      'Presets of the gateway that hold here, where nothing nearer says otherwise. Of several the later wins.',
    examples: ['standard', ['standard', 'slow']],
  })
