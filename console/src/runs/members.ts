import type { Lineage } from '../../../src/history/lineage/lineage.ts'

export type Path = readonly (string | number)[]

/** `$.items[0].id` */
export function printPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return /^[A-Za-z_]\w*$/.test(step) ? `${text}.${step}` : `${text}[${JSON.stringify(step)}]`
  }, '$')
}

/** The same from its text. */
export function parsePath(text: string): Path {
  return parse(text).filter((step) => step !== null)
}

/** The same for places that lineage tells; null is any of a list. */
function parse(text: string): (string | number | null)[] {
  return [...text.matchAll(/\.([A-Za-z_]\w*)|\[(\*|\d+|"(?:[^"\\]|\\.)*")\]/g)].map(([, name, inner]) => {
    if (name !== undefined) return name
    if (inner === '*') return null
    return JSON.parse(inner!) as string | number
  })
}

/** Where the value at a place came from: what tells of it, or of all that it is in, the nearest first. */
export function lineageAt(lineage: readonly Lineage[], path: Path): Lineage[] {
  const found = lineage.map((one) => ({ one, at: parse(one.member) })).filter(({ at }) => isWithin(path, at))
  const nearest = Math.max(...found.map(({ at }) => at.length))
  return found.filter(({ at }) => at.length === nearest).map(({ one }) => one)
}

function isWithin(path: Path, at: readonly (string | number | null)[]): boolean {
  return at.length <= path.length && at.every((step, index) => step === null || step === path[index])
}

/** Whether something of a member (`$.items[*].id`, `$.items[0].id`) is within the value at a place. */
export function leadsTo(path: Path, member: string): boolean {
  const at = parse(member)
  return path.length < at.length && path.every((step, index) => at[index] === null || at[index] === step)
}

/** The line of a place in a file; undefined for another file. */
export function lineIn(file: string, at: string | undefined): number | undefined {
  return at?.startsWith(`${file}:`) ? Number(at.slice(file.length + 1).split(':')[0]) : undefined
}
