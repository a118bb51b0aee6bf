import type { CelFunction } from '../scope.ts'
import { conversionFunctions } from './conversions.ts'
import type { Library } from './define.ts'
import { encoderFunctions } from './encoders.ts'
import { listFunctions, setFunctions } from './lists.ts'
import { mathFunctions } from './math.ts'
import { stringFunctions } from './strings.ts'
import { timeFunctions } from './times.ts'

/** The functions that are built in, by what they are for. */
export const celLibraries: readonly Library[] = [
  conversionFunctions,
  stringFunctions,
  mathFunctions,
  listFunctions,
  setFunctions,
  timeFunctions,
  encoderFunctions,
]

export const celFunctions: readonly CelFunction[] = celLibraries.flatMap(({ functions }) => functions)
