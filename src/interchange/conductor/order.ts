import { ImportRefused } from '../draft.ts'
import { printAccess } from '../template.ts'
import type { Sight } from './values.ts'
import { referencesIn } from './values.ts'
import type { Task } from './workflow.ts'

type Step = Readonly<Record<string, unknown>>

/** For each task those it waits for: what it says, and what it reads. */
export function dependenciesOf(tasks: readonly Task[], sight: Sight): Map<Task, Set<Task>> {
  const byReference = new Map(tasks.map((task) => [task.reference, task]))
  const waits = new Map<Task, Set<Task>>()
  for (const task of tasks) {
    const named = task.dependsOn.flatMap((name) => {
      const found = byReference.get(name)
      if (!found) sight.notes.add(`${task.at}.dependsOn`, `there is no task \`${name}\``)
      return found ?? []
    })
    const read = referencesIn(task.inputs).flatMap((name) => byReference.get(name) ?? [])
    waits.set(task, new Set([...named, ...read].filter((other) => other !== task)))
  }
  return waits
}

/**
 * Tasks by how many others stand before them in a row.
 * @throws ImportRefused when some wait for each other
 */
export function layTasks(tasks: readonly Task[], waits: ReadonlyMap<Task, ReadonlySet<Task>>): Task[][] {
  const depths = new Map<Task, number>()
  const depthOf = (task: Task, path: readonly Task[]): number => {
    if (path.includes(task))
      throw new ImportRefused(`these tasks wait for each other: ${path.map(({ reference }) => reference).join(', ')}`)
    const known = depths.get(task)
    if (known !== undefined) return known
    const depth = Math.max(-1, ...[...waits.get(task)!].map((other) => depthOf(other, [...path, task]))) + 1
    depths.set(task, depth)
    return depth
  }
  const layers: Task[][] = []
  for (const task of tasks) {
    const depth = depthOf(task, [])
    layers[depth] ??= []
    layers[depth].push(task)
  }
  return layers
}

/**
 * The order as a person would write it: one after the other, layers at once, or a `flow` where some wait for less than
 * all that stand before them.
 */
export function arrange(
  layers: readonly (readonly Task[])[],
  waits: ReadonlyMap<Task, ReadonlySet<Task>>,
  convert: (task: Task) => readonly Step[],
): Step[] {
  const all = layers.flat()
  if (!waitsForAllBefore(layers, waits)) {
    return [{ flow: all.flatMap((task) => guardSteps(convert(task), waits.get(task)!, readsOf(task))) }]
  }
  return layers.flatMap((layer) => {
    const steps = layer.flatMap((task) => convert(task))
    return layer.length > 1 ? [{ parallel: steps }] : steps
  })
}

function waitsForAllBefore(layers: readonly (readonly Task[])[], waits: ReadonlyMap<Task, ReadonlySet<Task>>): boolean {
  const before = new Set<Task>()
  for (const layer of layers) {
    for (const task of layer) {
      const reached = new Set<Task>()
      const reach = (one: Task) => {
        for (const other of waits.get(one)!) {
          if (!reached.has(other)) {
            reached.add(other)
            reach(other)
          }
        }
      }
      reach(task)
      if (reached.size < before.size) return false
    }
    for (const task of layer) before.add(task)
  }
  return true
}

function readsOf(task: Task): ReadonlySet<string> {
  return new Set(referencesIn(task.inputs))
}

/** In a flow a step waits for what it reads; for the others it asks whether they have ended. */
function guardSteps(steps: readonly Step[], waited: ReadonlySet<Task>, read: ReadonlySet<string>): Step[] {
  const unread = [...waited].filter(({ reference, type }) => !read.has(reference) && type === 'HTTP')
  const when = unread.map(({ id }) => `has(${printAccess(['steps', id])})`).join(' && ')
  return steps.map((step) => (when === '' ? step : { ...step, when }))
}
