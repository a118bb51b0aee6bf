import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { printDiagnostic } from '../../diagnostics/print.ts'
import type { MetricWindows } from '../../telemetry/windows.ts'
import type { ReloadResult } from '../lifecycle/reload.ts'
import { servicesOf } from '../lifecycle/services.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { askWhoIsThere } from './access.ts'
import { purgeCache } from './cache.ts'
import { serveConsole } from './console/files.ts'
import { answerConsole } from './console/index.ts'
import { describeConfig } from './describe-config.ts'
import { describeEndpoints } from './describe-endpoints.ts'
import { guardAdmin } from './guard.ts'
import { checkHealth } from './health.ts'
import { sendAdminProblem } from './problem.ts'

export interface AdminParts {
  readonly serving: Serving
  readonly reload: () => Promise<ReloadResult>
  readonly lastReload: () => ReloadResult | undefined
  /** Names that it is asked by, besides those of this machine. */
  readonly hosts: readonly string[]
  /** Whether it is reached from this machine alone. */
  readonly isPrivate: boolean
  /** Undefined: it has no console. */
  readonly windows: MetricWindows | undefined
}

const compress = promisify(gzip)
const reads = ['/livez', '/readyz', '/metrics', '/-/config', '/-/endpoints', '/-/diagnostics']

/** What operators and machines ask of a running gateway. */
export function createAdminApp({ serving, reload, lastReload, hosts, isPrivate, windows }: AdminParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(guardAdmin(hosts))
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    next()
  })
  app.use(askWhoIsThere(serving, isPrivate))

  app.get('/livez', (_request, response) => {
    response.type('text/plain').send('ok\n')
  })

  app.get('/readyz', (request, response) => {
    const checks = checkHealth(serving, lastReload())
    const isReady = checks.every(({ ok, required }) => ok || !required)
    response.status(isReady ? 200 : 503).type('text/plain')
    const lines = checks.map(({ name, ok, detail }) => `[${ok ? '+' : '-'}] ${name}: ${detail}\n`).join('')
    response.send(`${'verbose' in request.query ? lines : ''}${isReady ? 'ready' : 'not ready'}\n`)
  })

  app.get('/metrics', async (request, response) => {
    const { contentType, text } = await serving.metrics.render(request.headers.accept)
    response.set({ 'content-type': contentType, vary: 'accept, accept-encoding' })
    if (request.acceptsEncodings('gzip')) response.set('content-encoding', 'gzip').send(await compress(text))
    else response.send(text)
  })

  app.post('/-/reload', async (_request, response) => {
    const result = await reload()
    response.status(result.ok ? 200 : 422).json(describeReload(result))
  })

  app.get('/-/config', (_request, response) => {
    response.json(describeConfig(serving.current.snapshot))
  })

  app.get('/-/endpoints', (_request, response) => {
    const { current, backends, clock } = serving
    response.json(describeEndpoints(servicesOf(current.snapshot), backends, clock.now()))
  })

  app.delete('/cache', purgeCache(serving))

  if (windows) {
    app.use(answerConsole({ serving, windows, lastReload }))
    app.use('/console', serveConsole())
    app.get('/', (_request, response) => response.redirect('/console'))
  }

  app.get('/-/diagnostics', (_request, response) => {
    const last = lastReload()
    response.json(last ? describeReload(last) : { ok: false, diagnostics: [] })
  })

  const allow = (methods: string) => (_request: Request, response: Response) =>
    sendAdminProblem(response.set('allow', methods), 405)
  app.all(reads, allow('GET, HEAD'))
  app.all('/-/reload', allow('POST'))
  app.all('/cache', allow('DELETE'))
  app.use((_request: Request, response: Response) => sendAdminProblem(response, 404))
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    serving.logger.error({ err: error }, 'the admin listener failed')
    if (!response.headersSent) sendAdminProblem(response, 500)
  })
  return app
}

function describeReload({ ok, changed, version, diagnostics, textOf, ms }: ReloadResult) {
  return {
    ok,
    changed,
    version,
    ms: Math.round(ms),
    diagnostics: diagnostics.map((diagnostic) => ({
      severity: diagnostic.severity,
      code: diagnostic.code,
      message: diagnostic.message,
      help: diagnostic.help,
      ...diagnostic.at,
      printed: printDiagnostic(diagnostic, textOf, false),
    })),
  }
}
