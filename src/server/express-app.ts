import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import express, { type NextFunction, type Request, type Response } from 'express'
import { endWithFault } from '../faults.ts'
import { answerUnmatched } from './dispatch.ts'
import type { Passthrough } from './passthrough/passthrough.ts'
import type { Serving } from './serving.ts'

/**
 * Takes what no aggregated route does: passthroughs, then everything that is nowhere. Express never answers by itself:
 * its own pages show a stack, and stand in no log.
 */
export function createExpressApp(serving: Serving, passthrough: Passthrough): RequestListener {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((request: Request, response: Response, next: NextFunction) => passthrough.handle(request, response, next))
  const handle: (request: IncomingMessage, response: ServerResponse, done: (error?: unknown) => void) => void = app
  return (request, response) => {
    handle(request, response, (error) => {
      if (error === undefined || error === null) answerUnmatched(serving, request, response)
      else endWithFault(error, 'request', response)
    })
  }
}
