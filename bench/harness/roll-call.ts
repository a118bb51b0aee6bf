import type { Task } from './options.ts'

export interface RollCall {
  /** With those servers only that are here. */
  readonly tasks: readonly Task[]
  /** Who is not here and why: a sentence each, without a full stop. */
  readonly skipped: readonly string[]
}

/** Looks who can take part, and builds what has to be built. */
export async function callTheRoll(tasks: readonly Task[], tell: (line: string) => void): Promise<RollCall> {
  const skipped = new Set<string>()
  const present: Task[] = []
  for (const task of tasks) {
    const variants = []
    for (const variant of task.variants) {
      const obstacle = variant.findObstacle?.() ?? (await variant.prepare?.())
      if (obstacle === undefined) variants.push(variant)
      else skipped.add(`${variant.title}: ${obstacle}`)
    }
    if (variants.length > 0) present.push({ ...task, variants })
  }
  for (const line of skipped) tell(`NOT MEASURED  ${line}.`)
  return { tasks: present, skipped: [...skipped] }
}
