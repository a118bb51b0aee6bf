import type { ColorProposals } from '../colors.ts'
import { textOf } from '../foreign.ts'
import { toSegment } from '../names.ts'
import type { ServiceDrafts } from '../services.ts'
import { endRoute } from './ends.ts'
import { convertHttp } from './http.ts'
import { type Sight, toCelText, toTemplate } from './values.ts'
import { everyTask, type Task } from './workflow.ts'

type Step = Readonly<Record<string, unknown>>

/** What all tasks of one workflow share. */
export interface Workbench {
  readonly services: ServiceDrafts
  readonly colors: ColorProposals
  readonly budgetMs: number
}

/** Tasks one after the other. */
export function convertTasks(tasks: readonly Task[], sight: Sight, bench: Workbench): Step[] {
  const steps: Step[] = []
  for (const [index, task] of tasks.entries()) {
    steps.push(...convertTask(task, sight, bench))
    if (task.type !== 'TERMINATE') continue
    const behind = tasks[index + 1]
    if (behind) sight.notes.add(behind.at, 'is never reached: the task before it ends the workflow')
    break
  }
  return steps
}

export function convertTask(task: Task, sight: Sight, bench: Workbench): Step[] {
  switch (task.type) {
    case 'HTTP': {
      const step = convertHttp(task, sight, bench.services, bench.colors, bench.budgetMs)
      if (typeof step === 'string') return [refuse(task, sight, step)]
      sight.hasRun(task)
      return [step]
    }
    case 'FORK_JOIN':
    case 'FORK':
      return convertFork(task, sight, bench)
    case 'JOIN':
      return []
    case 'SWITCH':
    case 'DECISION':
      return [convertSwitch(task, sight, bench)]
    case 'SET_VARIABLE':
      return convertVariables(task, sight, bench)
    case 'TERMINATE':
      return [convertTerminate(task, sight)]
    case 'NOOP':
      return []
    default:
      return [refuse(task, sight, `a ${task.type} has no counterpart`)]
  }
}

/** A step that was there must not just be missing: the route fails where it would run. */
function refuse(task: Task, sight: Sight, reason: string): Step {
  sight.notes.add(task.at, `not imported: ${reason}; the route fails with 501 where it would run`)
  return {
    when: true,
    throw: {
      error: 'not-imported',
      status: 501,
      title: `${task.id} is not imported: ${reason.replaceAll('$', '$$$$')}`,
    },
  }
}

function convertFork(task: Task, sight: Sight, bench: Workbench): Step[] {
  const branches = task.forks.map((tasks) => {
    const own = sight.fork()
    return { own, steps: convertTasks(tasks, own, bench) }
  })
  for (const { own, steps } of branches) if (!endRoute(steps)) sight.join([own])
  const shared = sharedVariables(task.forks)
  if (shared.length > 0) {
    sight.notes.add(task.at, `its branches share ${shared.join(', ')}, so they run one after the other`)
    return branches.flatMap(({ steps }) => steps)
  }
  const lanes = branches.flatMap(({ steps }) => (steps.length > 1 ? [{ sequence: steps }] : steps))
  return lanes.length > 1 ? [{ parallel: lanes }] : lanes
}

/** Variables that one branch sets and another one sets or reads: what they hold would be left to chance. */
function sharedVariables(branches: readonly (readonly Task[])[]): string[] {
  const texts = branches.map((tasks) => JSON.stringify(tasks.map(({ raw }) => raw)))
  const sets = branches.map(
    (tasks) =>
      new Set(everyTask(tasks).flatMap(({ type, inputs }) => (type === 'SET_VARIABLE' ? Object.keys(inputs) : []))),
  )
  const isElsewhere = (name: string, branch: number) =>
    branches.some(
      (_, other) =>
        other !== branch && (sets[other]!.has(name) || texts[other]!.includes(`workflow.variables.${name}`)),
    )
  return [...new Set(sets.flatMap((names, branch) => [...names].filter((name) => isElsewhere(name, branch))))]
}

function convertSwitch(task: Task, sight: Sight, bench: Workbench): Step {
  const decisive = switchValue(task)
  if (decisive === undefined) return refuse(task, sight, 'what it switches on is a script')
  const tested = toCelText(decisive, sight, `${task.at}.inputParameters`)
  const ended: Sight[] = []
  const arm = (tasks: readonly Task[]) => {
    const own = sight.fork()
    const steps = convertTasks(tasks, own, bench)
    if (!endRoute(steps)) ended.push(own)
    return steps.length === 0 ? ['empty'] : steps
  }
  const arms: Step[] = task.cases.map(([value, tasks]) => ({
    when: `${tested} == ${JSON.stringify(value)}`,
    do: arm(tasks),
  }))
  if (task.otherwise.length > 0 || arms.length === 0) arms.push({ default: arm(task.otherwise) })
  sight.join(ended)
  return { branch: arms }
}

/** The value that decides; undefined when a script makes it. */
function switchValue({ type, inputs, raw }: Task): unknown {
  const parameter = textOf(type === 'DECISION' ? raw['caseValueParam'] : raw['expression'])
  const evaluator = textOf(raw['evaluatorType']) ?? 'value-param'
  if (parameter === undefined || (type === 'SWITCH' && evaluator !== 'value-param')) {
    const name = /^\s*\$\.(\w+)\s*;?\s*$/.exec(parameter ?? '')?.[1]
    return name === undefined ? undefined : inputs[name]
  }
  return inputs[parameter] ?? ''
}

function convertVariables(task: Task, sight: Sight, { colors }: Workbench): Step[] {
  const entries = Object.entries(task.inputs).map(([name, value]) => {
    const template = toTemplate(value, sight, `${task.at}.inputParameters.${name}`)
    return { name, color: colors.propose(`variable.${toSegment(name)}`, {}), template }
  })
  for (const { name, color } of entries) sight.setVariable(name, color)
  sight.hasRun(task)
  return entries.length === 0
    ? []
    : [{ assign: Object.fromEntries(entries.map(({ color, template }) => [color, template])) }]
}

function convertTerminate(task: Task, sight: Sight): Step {
  const { terminationStatus, terminationReason, workflowOutput } = task.inputs
  const at = `${task.at}.inputParameters`
  const body = workflowOutput === undefined ? undefined : toTemplate(workflowOutput, sight, `${at}.workflowOutput`)
  if (String(terminationStatus).toUpperCase() === 'COMPLETED') return { respond: { status: 200, body: body ?? {} } }
  if (body !== undefined) return { respond: { status: 500, body } }
  const title =
    terminationReason === undefined
      ? 'The workflow ended'
      : toTemplate(String(terminationReason), sight, `${at}.terminationReason`)
  return { throw: { error: 'terminated', status: 500, title: title ?? 'The workflow ended' } }
}
