import { completion } from './completion.ts'
import { definition } from './definition.ts'
import type { Feature } from './feature.ts'
import { hover } from './hover.ts'
import { references } from './references.ts'
import { rename } from './rename.ts'
import { symbols } from './symbols.ts'

/** Everything that an editor may ask for. Diagnostics are told without being asked for (`diagnostics.ts`). */
export const features: readonly Feature[] = [completion, hover, definition, references, rename, symbols]
