import type { Operator } from '../template/nodes.ts'
import { compact } from './compact.ts'
import { firstPresent } from './default.ts'
import { each } from './each.ts'
import { join } from './join.ts'
import { merge } from './merge.ts'
import { omit } from './omit.ts'
import { pick } from './pick.ts'

/** Every operator that a template can use (LANGUAGE "Values"). */
export const operators: readonly Operator[] = [each, merge, pick, omit, join, firstPresent, compact]
