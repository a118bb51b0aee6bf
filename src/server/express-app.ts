import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { answerUnmatched } from './dispatch.ts'
import type { Passthrough } from './passthrough/passthrough.ts'
import type { Serving } from './serving.ts'

/** Takes what no aggregated route does: passthroughs, then everything that is nowhere. */
export function createExpressApp(serving: Serving, passthrough: Passthrough): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((request: Request, response: Response, next: NextFunction) => passthrough.handle(request, response, next))
  app.use((request: Request, response: Response) => answerUnmatched(serving, request, response))
  return app
}
