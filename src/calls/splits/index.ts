import { byLatency } from './by-latency.ts'
import { byLoad } from './by-load.ts'
import { byWeight } from './by-weight.ts'
import type { SplitKind } from './chooser.ts'

const kinds = [byWeight, byLoad, byLatency]

/** A new way to split is one file and one line here. */
export const splitKinds: ReadonlyMap<string, SplitKind> = new Map(kinds.map((kind) => [kind.name, kind]))
