import { ColorProposals } from '../colors.ts'
import { type Draft, type DraftFile, Notes, type Surroundings } from '../draft.ts'
import { isObject, textOf } from '../foreign.ts'
import { toName, UniqueNames } from '../names.ts'
import { printRoute } from '../route-file.ts'
import { printService, ServiceDrafts } from '../services.ts'
import { printDuration, printPath } from '../template.ts'
import { endRoute } from './ends.ts'
import { arrange, dependenciesOf, layTasks } from './order.ts'
import { convertTask, convertTasks, type Workbench } from './tasks.ts'
import { responseOf, Sight, toTemplate } from './values.ts'
import { everyTask, noteWorkflow, readWorkflows, type Task, type Workflow } from './workflow.ts'

type Step = Readonly<Record<string, unknown>>

const defaultBudgetMs = 30_000

/**
 * Conductor workflow definitions, as data (one or a list; the short form with `dependsOn` too), as routes that run
 * them while the client waits: `POST /NAME`, the workflow's input as JSON body.
 * @throws ImportRefused
 */
export function importConductor(document: unknown, project: Surroundings): Draft {
  const notes = new Notes()
  const services = new ServiceDrafts()
  const colors = new ColorProposals(project.colors)
  const files = new UniqueNames()
  const routes = readWorkflows(document).map((workflow) => convertWorkflow(workflow, services, colors, files, notes))
  return {
    routes,
    services: services.all.map((service) => printService(service, ['From a Conductor workflow.'])),
    colors: colors.entries,
    gateway: {},
    notes: notes.all,
  }
}

function convertWorkflow(
  workflow: Workflow,
  services: ServiceDrafts,
  colors: ColorProposals,
  files: UniqueNames,
  notes: Notes,
): DraftFile {
  noteWorkflow(workflow, notes)
  const name = files.take(toName(workflow.name, 'workflow'), '-')
  const seconds = Number(workflow.raw['timeoutSeconds'])
  const budgetMs = seconds > 0 ? seconds * 1000 : defaultBudgetMs
  const bench: Workbench = { services, colors, budgetMs }
  const all = everyTask(workflow.tasks)
  const sight = new Sight(notes, new Map(all.map((task) => [task.reference, task])))
  const steps = workflow.isShort ? convertGraph(workflow, sight, bench) : convertTasks(workflow.tasks, sight, bench)
  const description = textOf(workflow.raw['description'])
  const route = {
    match: `POST /${name}`,
    ...(description !== undefined && { summary: description.split('\n')[0] }),
    timeout: printDuration(budgetMs),
    do: steps,
    ...(endRoute(steps) ? {} : { response: { body: answer(workflow, all, sight) } }),
  }
  return printRoute(
    name,
    route,
    [`The workflow \`${workflow.name}\` of Conductor. Its input is the request's JSON body.`],
    notes.below(workflow.at),
  )
}

/** Tasks that say what they wait for. */
function convertGraph(workflow: Workflow, sight: Sight, bench: Workbench): Step[] {
  const waits = dependenciesOf(workflow.tasks, sight)
  const layers = layTasks(workflow.tasks, waits)
  return arrange(layers, waits, (task) => convertTask(task, sight, bench))
}

/** Its outputs; without any, what its tasks answered. */
function answer({ raw, at, isShort }: Workflow, all: readonly Task[], sight: Sight): unknown {
  const { outputParameters } = raw
  if (isObject(outputParameters) && Object.keys(outputParameters).length > 0)
    return toTemplate(outputParameters, sight, `${at}.outputParameters`)
  const calls = all.filter((task) => task.type === 'HTTP' && sight.ran(task.reference) === task)
  const last = calls.at(-1)
  if (!isShort) return last ? { response: responseOf(['steps', last.id]) } : {}
  return Object.fromEntries(calls.map(({ id }) => [id, printPath(['steps', id, 'body'])]))
}
