import { fixed } from './fixed.ts'
import { lookup } from './lookup.ts'
import type { ResolverKind } from './resolver.ts'

/** The first that accepts a URL serves it. A new one is one file and one line here. */
export const resolvers: readonly ResolverKind[] = [fixed, lookup]
