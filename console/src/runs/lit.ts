import type { Lineage } from '../../../src/history/lineage/lineage.ts'
import { lineageAt, lineIn, parsePath } from './members.ts'

/** What is chosen of a recorded run, as the URL has it. */
export interface Selection {
  /** `$.items[0].id` */
  readonly member: string | undefined
  /** Of the route's file. */
  readonly line: number | undefined
}

/** All that belongs to what is chosen: it lights together. */
export interface Lit {
  readonly lineage: readonly Lineage[]
  readonly steps: ReadonlySet<string>
  readonly lines: ReadonlySet<number>
}

export function litBy({ member, line }: Selection, all: readonly Lineage[], file: string | undefined): Lit {
  const linesOf = ({ at, mappedAt }: Lineage) =>
    file === undefined ? [] : [lineIn(file, at), lineIn(file, mappedAt)].filter((one) => one !== undefined)
  const lineage =
    member !== undefined
      ? lineageAt(all, parsePath(member))
      : line !== undefined
        ? all.filter((one) => linesOf(one).includes(line))
        : []
  return {
    lineage,
    steps: new Set(lineage.flatMap(({ step }) => step ?? [])),
    lines: new Set(lineage.flatMap(linesOf)),
  }
}

/** Lines of a file that members of the answer come from. */
export function linesWithMembers(all: readonly Lineage[], file: string): ReadonlySet<number> {
  return new Set(all.flatMap(({ at, mappedAt }) => [lineIn(file, at) ?? [], lineIn(file, mappedAt) ?? []].flat()))
}
