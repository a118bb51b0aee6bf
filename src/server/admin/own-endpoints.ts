import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { printDiagnostic } from '../../diagnostics/print.ts'
import type { ReloadResult } from '../lifecycle/reload.ts'
import { servicesOf } from '../lifecycle/services.ts'
import { purgeCache } from './cache.ts'
import { describeConfig } from './describe-config.ts'
import { describeEndpoints } from './describe-endpoints.ts'
import {
  type AdminEndpoint,
  type AdminParts,
  anything,
  flag,
  integer,
  json,
  list,
  number,
  object,
  text,
} from './endpoint.ts'
import { checkHealth } from './health.ts'

const compress = promisify(gzip)

const diagnostic = object({
  severity: text,
  code: text,
  message: text,
  'help?': text,
  file: text,
  line: integer,
  column: integer,
  printed: text,
})
const reloaded = object({ ok: flag, 'changed?': flag, 'version?': text, 'ms?': number, diagnostics: list(diagnostic) })

/** Health, metrics, configuration: what there is of every gateway. */
export function ownEndpoints({ serving, reload, lastReload, durable }: Omit<AdminParts, 'hosts'>): AdminEndpoint[] {
  const plain = { 200: { type: 'text/plain', schema: text } } as const
  return [
    {
      method: 'get',
      path: '/livez',
      role: undefined,
      summary: 'Whether the process lives.',
      answers: plain,
      handle(_request, response) {
        response.type('text/plain').send('ok\n')
      },
    },
    {
      method: 'get',
      path: '/readyz',
      role: undefined,
      summary: 'Whether it wants traffic; 503 where it does not.',
      parameters: [{ in: 'query', name: 'verbose', description: 'Tells of each check.', schema: text }],
      answers: { ...plain, 503: plain[200] },
      handle(request, response) {
        const checks = checkHealth(serving, lastReload(), durable.limits)
        const isReady = checks.every(({ ok, required }) => ok || !required)
        response.status(isReady ? 200 : 503).type('text/plain')
        const lines = checks.map(({ name, ok, detail }) => `[${ok ? '+' : '-'}] ${name}: ${detail}\n`).join('')
        response.send(`${'verbose' in request.query ? lines : ''}${isReady ? 'ready' : 'not ready'}\n`)
      },
    },
    {
      method: 'get',
      path: '/metrics',
      get role() {
        return serving.current.snapshot.settings.admin.metrics
      },
      summary: 'Metrics, for Prometheus. `admin.metrics` says whether everybody may have them.',
      answers: plain,
      async handle(request, response) {
        const { contentType, text: shown } = await serving.metrics.render(request.headers.accept)
        response.set({ 'content-type': contentType, vary: 'accept, accept-encoding' })
        if (request.acceptsEncodings('gzip')) response.set('content-encoding', 'gzip').send(await compress(shown))
        else response.send(shown)
      },
    },
    {
      method: 'post',
      path: '/-/reload',
      role: 'editor',
      summary: 'Reads the configuration anew; 422 where it has errors, and the old one goes on.',
      answers: { ...json(reloaded), ...json(reloaded, 422) },
      async handle(_request, response) {
        const result = await reload()
        response.status(result.ok ? 200 : 422).json(describeReload(result))
      },
    },
    {
      method: 'get',
      path: '/-/config',
      role: 'viewer',
      summary: 'What runs: routes, services, defaults, without anything secret.',
      answers: json(
        object({
          version: text,
          listen: anything,
          admin: anything,
          defaults: anything,
          routes: list(anything),
          services: list(anything),
        }),
      ),
      handle(_request, response) {
        response.json(describeConfig(serving.current.snapshot))
      },
    },
    {
      method: 'get',
      path: '/-/endpoints',
      role: 'viewer',
      summary: 'Every endpoint of every service, and its state now.',
      answers: json(object({ services: list(object({ service: text, balance: text, endpoints: list(anything) })) })),
      handle(_request, response) {
        const { current, backends, clock } = serving
        response.json(describeEndpoints(servicesOf(current.snapshot), backends, clock.now()))
      },
    },
    {
      method: 'get',
      path: '/-/diagnostics',
      role: 'viewer',
      summary: 'What the last reload found.',
      answers: json(reloaded),
      handle(_request, response) {
        const last = lastReload()
        response.json(last ? describeReload(last) : { ok: false, diagnostics: [] })
      },
    },
    {
      method: 'delete',
      path: '/cache',
      role: 'admin',
      summary: 'Forgets stored answers: of a service, an operation, a route, one request, or all.',
      parameters: ['service', 'operation', 'route', 'key', 'all'].map((name) => ({
        in: 'query',
        name,
        description: 'What is to be forgotten.',
        schema: text,
      })),
      answers: json(object({ purged: anything })),
      handle: purgeCache(serving),
    },
  ]
}

function describeReload({ ok, changed, version, diagnostics, textOf, ms }: ReloadResult) {
  return {
    ok,
    changed,
    version,
    ms: Math.round(ms),
    diagnostics: diagnostics.map((one) => ({
      severity: one.severity,
      code: one.code,
      message: one.message,
      help: one.help,
      ...one.at,
      printed: printDiagnostic(one, textOf, false),
    })),
  }
}
