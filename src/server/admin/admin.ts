import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { askWhoIsThere } from './access.ts'
import { audit } from './audit.ts'
import { consoleEndpoints } from './console/endpoints.ts'
import { serveConsole } from './console/files.ts'
import { type AdminEndpoint, type AdminParts, anything, json, object, text } from './endpoint.ts'
import { guardAdmin } from './guard.ts'
import { historyEndpoints } from './history.ts'
import { describeAdmin } from './openapi.ts'
import { ownEndpoints } from './own-endpoints.ts'
import { sendAdminProblem } from './problem.ts'
import { runEndpoints } from './runs.ts'

/** What operators and machines ask of a running gateway: the one table of it. */
export function adminEndpoints(parts: Omit<AdminParts, 'hosts'>): readonly AdminEndpoint[] {
  const endpoints: AdminEndpoint[] = [
    ...ownEndpoints(parts),
    ...consoleEndpoints(parts),
    ...historyEndpoints(parts),
    ...runEndpoints(parts),
    {
      method: 'get',
      path: '/-/openapi.json',
      role: 'viewer',
      summary: 'This description.',
      answers: json(object({ openapi: text, info: anything, paths: anything })),
      handle(_request, response) {
        response.json(describeAdmin(endpoints))
      },
    },
  ]
  return endpoints
}

/**
 * Serves the table.
 *
 * @param base the directory that a relative path in the gateway's file stands in
 */
export function createAdminApp({ hosts, ...parts }: AdminParts, base: string): Express {
  const { serving, isPrivate } = parts
  const endpoints = adminEndpoints(parts)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(guardAdmin(hosts))
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    next()
  })
  app.use(askWhoIsThere(serving, isPrivate, endpoints))

  if (parts.windows) {
    app.use('/console', serveConsole())
    app.get('/', (_request, response) => response.redirect('/console'))
  }
  const audited = audit(serving, base)
  for (const { method, path, handle } of endpoints) app[method](path, ...(method === 'get' ? [] : [audited]), handle)
  for (const [path, methods] of methodsByPath(endpoints))
    app.all(path, (_request, response) => sendAdminProblem(response.set('allow', methods.join(', ')), 405))
  app.use((_request: Request, response: Response) => sendAdminProblem(response, 404))
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // A path that cannot be read is the fault of who asks.
    const { status = 500 } = error as { readonly status?: number }
    if (status >= 500) serving.logger.error({ err: error }, 'the admin listener failed')
    if (!response.headersSent) sendAdminProblem(response, status)
  })
  return app
}

function methodsByPath(endpoints: readonly AdminEndpoint[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { method, path } of endpoints) {
    const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
    found.set(path, [...(found.get(path) ?? []), ...methods])
  }
  return found
}
