import type { Area } from '../../expressions/area.ts'
import { traceTemplate } from '../../expressions/template.ts'
import { answerTemplates } from '../answer-templates.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { Marks, type Origin } from '../marks.ts'
import { everyRead, RecordsRead } from '../reads.ts'
import { Tracer } from '../tracer.ts'
import type { RouteCheck } from './check.ts'

/** A member that nobody can name: who has it has all of what holds it. */
const all = '\0'

/**
 * What a backend says of its failure is for the route: as a whole it does not reach a client, by whatever way, so that
 * nothing is told that nobody thought of.
 */
export const failuresAreToldByMember: RouteCheck = (route, { diagnostics }) => {
  const marks = markFailures(route)
  if (marks.size === 0) return
  const tracer = new Tracer(marks, new Map())
  for (let size = -1; size !== marks.size; ) {
    size = marks.size
    tracer.walk(route.body)
  }
  for (const { templates, step } of answerTemplates(route)) {
    const seen = step ? [...marks.all, ...tracer.itemsIn(step)] : marks.all
    for (const { template, locate } of templates) {
      for (const { mark, at, offset, length } of traceTemplate<Origin>(template, seen)) {
        const { color: name } = mark.origin
        const message = `all of \`${name}\` would be sent to the client`
        diagnostics.add(
          'failure-in-answer',
          message,
          locate(at, offset, length),
          `name its members: \`$.${name}.code\``,
        )
      }
    }
  }
}

function markFailures(route: BoundRoute): Marks {
  const marks = new Marks()
  const records = new RecordsRead(everyRead(route))
  const mark = (area: Area, at: Origin['at']) =>
    marks.add([...area, all], [], { color: area.join('.'), from: undefined, at })
  for (const step of everyStep(route.body)) {
    if (step.call && records.names(step.name, 'failure')) mark(['steps', step.record ?? step.name, 'failure'], step.at)
    if (step.blocks?.some(({ locals }) => locals?.includes('error'))) mark(['error'], step.at)
  }
  return marks
}
