import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type RequestHandler, Router } from 'express'
import { packageRoot } from '../../../version.ts'
import { sendAdminProblem } from '../problem.ts'

/** Where the console is built to: `npm run build:console`. */
export const consoleDirectory = join(packageRoot, 'dist/console')

/** The console's page takes everything from here and nothing else, and stands in no other page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the console's files below `/console`; every other path there is the page itself, which knows its views. */
export function serveConsole(directory = consoleDirectory): Router {
  const router = Router()
  const secure: RequestHandler = (_request, response, next) => {
    response.set({
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    next()
  }
  router.use(secure)
  // Their names change with what is in them.
  const isNamedByContent = (path: string) => path.startsWith(join(directory, 'assets'))
  router.use(
    express.static(directory, {
      index: false,
      redirect: false,
      setHeaders: (response, path) =>
        response.set('cache-control', isNamedByContent(path) ? 'public, max-age=31536000, immutable' : 'no-cache'),
    }),
  )
  router.use('/assets', (_request, response) => sendAdminProblem(response, 404))
  router.get(/.*/, (_request, response) => {
    const page = join(directory, 'index.html')
    if (existsSync(page)) response.sendFile(page, { cacheControl: false })
    else response.type('html').send(notBuilt)
  })
  return router
}

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Tessera</title>
<p>The console is being built, or was not: <code>npm run build:console</code> builds it. This page looks again every two seconds.</p></html>`
