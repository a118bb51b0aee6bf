import type { Operators } from '../template/nodes.ts'
import { compact } from './compact.ts'
import { firstPresent } from './default.ts'
import { each } from './each.ts'
import { join } from './join.ts'
import { merge } from './merge.ts'
import { omit } from './omit.ts'
import { pick } from './pick.ts'

/** Every operator that is built in (LANGUAGE "Values"), by name. */
export const builtInOperators: Operators = new Map(
  [each, merge, pick, omit, join, firstPresent, compact].map((operator) => [operator.name, operator]),
)
