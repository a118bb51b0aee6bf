import { type Request, type Response, Router } from 'express'
import { explainColor } from '../../../describe/explain/color.ts'
import type { MetricWindows } from '../../../telemetry/windows.ts'
import type { ReloadResult } from '../../lifecycle/reload.ts'
import type { Serving } from '../../lifecycle/serving.ts'
import { sendAdminProblem } from '../problem.ts'
import { describeOverview } from './overview.ts'
import { describeRouteLive, describeRouteView } from './route-view.ts'

interface ConsoleParts {
  readonly serving: Serving
  readonly windows: MetricWindows
  readonly lastReload: () => ReloadResult | undefined
}

/** What the console asks for, beside what the admin listener tells anyway. */
export function answerConsole({ serving, windows, lastReload }: ConsoleParts): Router {
  const router = Router()
  router.get('/-/overview', (_request, response) => {
    response.json(describeOverview(serving, windows, lastReload()))
  })
  router.get('/-/routes/:name', (request, response) => {
    const { snapshot } = serving.current
    const route = findRoute(serving, request, response)
    if (route) response.json(describeRouteView(route, snapshot))
  })
  router.get('/-/routes/:name/live', (request, response) => {
    const route = findRoute(serving, request, response)
    if (route) response.json(describeRouteLive(route, windows))
  })
  router.get('/-/colors', (_request, response) => {
    const { colors } = serving.current.snapshot
    response.json({
      colors: [...colors.values()].map(({ name, description, sensitivity }) => ({ name, description, sensitivity })),
    })
  })
  router.get('/-/colors/:name', (request: Request<{ name: string }>, response) => {
    const { snapshot } = serving.current
    const color = snapshot.colors.get(request.params.name)
    if (color) response.json(explainColor(color, snapshot))
    else sendAdminProblem(response, 404, 'no color is called so')
  })
  return router
}

function findRoute({ current }: Serving, request: Request<{ name: string }>, response: Response) {
  const route = current.snapshot.routes.find(({ name }) => name === request.params.name)
  if (!route) sendAdminProblem(response, 404, 'no route is called so')
  return route
}
