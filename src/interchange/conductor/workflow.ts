import { ImportRefused, type Notes } from '../draft.ts'
import { type ForeignObject, isObject, listOf, objectOf, textOf, textsOf } from '../foreign.ts'
import { toName, UniqueNames } from '../names.ts'

/** One task of a workflow. */
export interface Task {
  /** What expressions call it. */
  readonly reference: string
  /** Id of the step it becomes. */
  readonly id: string
  /** `HTTP`, `FORK_JOIN`, … */
  readonly type: string
  readonly inputs: ForeignObject
  readonly isOptional: boolean
  readonly dependsOn: readonly string[]
  /** The branches of a fork. */
  readonly forks: readonly (readonly Task[])[]
  /** The cases of a switch, by value. */
  readonly cases: readonly (readonly [value: string, tasks: readonly Task[]])[]
  /** What a switch does for any other value. */
  readonly otherwise: readonly Task[]
  readonly raw: ForeignObject
  /** `$.tasks[0]`. */
  readonly at: string
}

export interface Workflow {
  readonly name: string
  readonly raw: ForeignObject
  readonly tasks: readonly Task[]
  /** The short form: tasks say what they wait for, in place of standing in order. */
  readonly isShort: boolean
  readonly at: string
}

/** @throws ImportRefused for anything but one workflow definition or a list of them */
export function readWorkflows(document: unknown): Workflow[] {
  const many = Array.isArray(document)
  const all = (many ? document : [document]).map((raw, index) => readWorkflow(raw, many ? `$[${index}]` : '$'))
  if (all.length === 0) throw new ImportRefused('there is no workflow in it')
  return all
}

function readWorkflow(raw: unknown, at: string): Workflow {
  if (!isObject(raw) || !Array.isArray(raw['tasks']))
    throw new ImportRefused(`this is no Conductor workflow: ${at} has no list of \`tasks\``)
  const ids = new UniqueNames()
  const readTasks = (list: unknown, place: string): Task[] =>
    listOf(list).map((task, index) => readTask(objectOf(task), `${place}[${index}]`))
  const readTask = (task: ForeignObject, place: string): Task => {
    const reference = textOf(task['taskReferenceName']) ?? textOf(task['name']) ?? 'task'
    return {
      reference,
      id: ids.take(toName(reference, 'task'), '-'),
      type: (textOf(task['type']) ?? textOf(task['taskType']) ?? 'SIMPLE').toUpperCase(),
      inputs: objectOf(task['inputParameters']),
      isOptional: task['optional'] === true,
      dependsOn: textsOf(task['dependsOn']),
      forks: listOf(task['forkTasks']).map((branch, index) => readTasks(branch, `${place}.forkTasks[${index}]`)),
      cases: Object.entries(objectOf(task['decisionCases'])).map(
        ([value, list]) => [value, readTasks(list, `${place}.decisionCases.${value}`)] as const,
      ),
      otherwise: readTasks(task['defaultCase'], `${place}.defaultCase`),
      raw: task,
      at: place,
    }
  }
  const isShort = listOf(raw['tasks']).some(
    (task) => isObject(task) && (task['taskType'] !== undefined || task['dependsOn'] !== undefined),
  )
  return {
    name: textOf(raw['name']) ?? 'workflow',
    raw,
    isShort,
    at,
    tasks: readTasks(raw['tasks'], `${at}.tasks`),
  }
}

/** Tasks and all those inside them, in the order of the document. */
export function everyTask(tasks: readonly Task[]): Task[] {
  return tasks.flatMap((task) => [
    task,
    ...task.forks.flatMap(everyTask),
    ...task.cases.flatMap(([, list]) => everyTask(list)),
    ...everyTask(task.otherwise),
  ])
}

/** What a workflow says of itself that a route has no place for. */
export function noteWorkflow({ raw, at }: Workflow, notes: Notes): void {
  const meanings: Record<string, string> = {
    failureWorkflow: 'nothing runs when the workflow fails; write it as the route’s `catch`',
    inputTemplate: 'inputs that are not sent have no defaults; give them in the route’s `in`',
  }
  for (const [key, meaning] of Object.entries(meanings)) {
    const value = raw[key]
    if (isObject(value) ? Object.keys(value).length > 0 : textOf(value) !== undefined)
      notes.add(`${at}.${key}`, meaning)
  }
}
