import type { Request, Response } from 'express'
import { explainColor } from '../../../describe/explain/color.ts'
import type { Serving } from '../../lifecycle/serving.ts'
import {
  type AdminEndpoint,
  type AdminParameter,
  type AdminParts,
  anything,
  json,
  list,
  object,
  type Schema,
  text,
} from '../endpoint.ts'
import { sendAdminProblem } from '../problem.ts'
import { describeOverview } from './overview.ts'
import { describeRouteLive, describeRouteView } from './route-view.ts'

const nameOf = (what: string): readonly AdminParameter[] => [
  { in: 'path', name: 'name', description: `The name of the ${what}.`, schema: text },
]

/** What the console asks for, beside what the admin listener tells anyway. */
export function consoleEndpoints({ serving, windows, lastReload }: Omit<AdminParts, 'hosts'>): AdminEndpoint[] {
  if (!windows) return []
  const read = (path: string, summary: string, answer: Schema) =>
    ({ method: 'get', path, role: 'viewer', summary, answers: json(answer) }) as const
  return [
    {
      ...read(
        '/-/overview',
        'How routes and services do: rates, errors and durations of the last minute, and their course in the last quarter of an hour.',
        object({ gateway: anything, routes: list(anything), services: list(anything) }),
      ),
      handle(_request, response) {
        response.json(describeOverview(serving, windows, lastReload()))
      },
    },
    {
      ...read(
        '/-/routes/:name',
        'A route as it is declared: its picture, its file, and what holds for it.',
        object({ name: text, match: text, file: text, source: text, picture: text, steps: list(anything) }),
      ),
      parameters: nameOf('route'),
      handle(request, response) {
        const { snapshot } = serving.current
        const route = findRoute(serving, request, response)
        if (route) response.json(describeRouteView(route, snapshot))
      },
    },
    {
      ...read(
        '/-/routes/:name/live',
        'How a route and each of its steps do.',
        object({ now: anything, trend: anything, steps: list(anything) }),
      ),
      parameters: nameOf('route'),
      handle(request, response) {
        const route = findRoute(serving, request, response)
        if (route) response.json(describeRouteLive(route, windows))
      },
    },
    {
      ...read('/-/colors', 'The data dictionary.', object({ colors: list(anything) })),
      handle(_request, response) {
        const colors = [...serving.current.snapshot.colors.values()]
        response.json({
          colors: colors.map(({ name, description, sensitivity }) => ({ name, description, sensitivity })),
        })
      },
    },
    {
      ...read(
        '/-/colors/:name',
        'A color: who gives it, who takes it, and who sees what is sensitive.',
        object({ color: text, sensitivity: text, at: text, producers: list(anything), readers: list(anything) }),
      ),
      parameters: nameOf('color'),
      handle(request, response) {
        const { snapshot } = serving.current
        const color = snapshot.colors.get(String(request.params['name']))
        if (color) response.json(explainColor(color, snapshot))
        else sendAdminProblem(response, 404, 'no color is called so')
      },
    },
  ]
}

function findRoute({ current }: Serving, request: Request, response: Response) {
  const route = current.snapshot.routes.find(({ name }) => name === request.params['name'])
  if (!route) sendAdminProblem(response, 404, 'no route is called so')
  return route
}
