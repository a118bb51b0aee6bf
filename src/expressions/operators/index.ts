import type { Operators } from '../template/nodes.ts'
import { compact } from './compact.ts'
import { concat } from './concat.ts'
import { firstPresent } from './default.ts'
import { distinct } from './distinct.ts'
import { each } from './each.ts'
import { entries, fromEntries } from './entries.ts'
import { flatten } from './flatten.ts'
import { group } from './group.ts'
import { choose } from './if.ts'
import { join } from './join.ts'
import { keyBy } from './key-by.ts'
import { merge } from './merge.ts'
import { omit } from './omit.ts'
import { pick } from './pick.ts'
import { range } from './range.ts'
import { slice } from './slice.ts'
import { sort } from './sort.ts'
import { zip } from './zip.ts'

/** Every operator that is built in (LANGUAGE "Values"), by name. */
export const builtInOperators: Operators = new Map(
  [
    ...[each, choose, firstPresent, merge, pick, omit, entries, fromEntries, compact],
    ...[join, concat, flatten, distinct, sort, group, keyBy, slice, zip, range],
  ].map((operator) => [operator.name, operator]),
)
