import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Backends } from '../backends/registry.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createTracer } from '../telemetry/tracer.ts'
import type { Environment } from '../yaml/env.ts'
import { Activation } from './activation.ts'
import { createAdminApp } from './admin.ts'
import { countBackends } from './backend-metrics.ts'
import { tryAggregate } from './dispatch.ts'
import { drain, idle } from './drain.ts'
import { createExpressApp } from './express-app.ts'
import { LoopHealth } from './health.ts'
import { bind, closeNow, createListener } from './listener.ts'
import { createLoader } from './load.ts'
import { Passthrough } from './passthrough/passthrough.ts'
import { Reloader, type ReloadResult } from './reload.ts'
import type { RequestEntry, Serving } from './serving.ts'
import { ConfigWatcher } from './watch.ts'

export { ConfigurationError } from './load.ts'
export type { ReloadResult } from './reload.ts'
export type { RequestEntry } from './serving.ts'

export interface GatewayOptions {
  /** `config/gateway.yaml` */
  readonly config: string
  /** In place of the directory of routes that the file names. */
  readonly routes?: string
  /** In place of the file's; 0: any free port. */
  readonly port?: number
  /** In place of the file's; false: no admin listener. */
  readonly adminPort?: number | false
  /** Where `${env.NAME}` is read; the process's by default. */
  readonly env?: Environment
  readonly logger?: Logger
  readonly clock?: Clock
  /** Told of every answered request. */
  readonly onRequest?: (entry: RequestEntry) => void
  /** Told of every reload that found something new, good or bad. */
  readonly onReload?: (result: ReloadResult) => void
  /** Whether a change of the files reloads by itself; true by default. */
  readonly watch?: boolean
}

export interface Gateway {
  /** What serves now. */
  readonly snapshot: Snapshot
  /** Answers a request; one that no route takes goes to `next`, where there is one. Fits `http.createServer` and Express's `app.use`. */
  handler(request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  /** Binds both listeners; rejects with the system's error when a port is taken. */
  listen(): Promise<{ port: number; adminPort: number | undefined }>
  /** Reads the configuration anew. Never rejects for what is in the files. */
  reload(): Promise<ReloadResult>
  /** Answers what was accepted (10 s at most), then ends everything. */
  close(): Promise<void>
}

/**
 * Creates a gateway from its files.
 * @throws ConfigurationError when they have errors
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, routes, env = process.env, logger = createLogger(), clock = systemClock, onRequest } = options
  const metrics = createMetrics()
  const backends = new Backends({ clock, metrics: countBackends(metrics) })
  const servers: Server[] = []
  let adminServer: Server | undefined
  let closing: Promise<void> | undefined

  const watcher =
    options.watch === false
      ? undefined
      : new ConfigWatcher(
          () => void reloader.reload().catch((thrown) => logger.error({ err: thrown }, 'the reload failed')),
          (error) => logger.warn({ err: error }, 'a directory cannot be watched; it is polled instead'),
        )
  const reloader = new Reloader({
    loader: createLoader({ config, routes, env }),
    logger,
    metrics,
    epoch: () => clock.epoch(),
    onRead: (locations) => watcher?.watch(locations),
    onReload: options.onReload,
    activate(snapshot) {
      const before = serving.current
      serving.current = new Activation(snapshot, backends, metrics)
      before.leave()
      warnOfFixedSettings(before.snapshot, snapshot, logger)
      metrics.retain(configuredBy(snapshot))
    },
  })

  let first: Snapshot
  let activation: Activation
  try {
    first = await reloader.loadFirst()
    activation = new Activation(first, backends, metrics)
  } catch (thrown) {
    await watcher?.close()
    throw thrown
  }
  const tracer = createTracer(first.settings.telemetry, (message) => logger.warn(message))
  await tracer.start()
  const serving: Serving = {
    clock,
    logger,
    tracer,
    metrics,
    backends,
    unmatched: metrics.route('_OTHER', ''),
    onRequest,
    current: activation,
    isDraining: false,
    inFlight: 0,
    whenIdle: undefined,
  }
  const passthrough = new Passthrough(serving)
  const app = createExpressApp(serving, passthrough)
  const loop = new LoopHealth()

  const handler: Gateway['handler'] = (request, response, next) => {
    if (tryAggregate(serving, request, response)) return
    if (next) passthrough.handle(request, response, next)
    else app(request, response)
  }

  async function closeAll(): Promise<void> {
    serving.isDraining = true
    await watcher?.close()
    if (servers.length > 0) await drain(serving, servers)
    else await idle(serving)
    passthrough.close()
    serving.current.leave()
    await backends.close()
    await tracer.shutdown()
    if (adminServer) closeNow(adminServer)
    loop.close()
    logger.flush()
  }

  return {
    get snapshot() {
      return serving.current.snapshot
    },
    handler,
    async listen() {
      const { listen, admin } = serving.current.snapshot.settings
      const server = createListener({
        onRequest: (request, response) => handler(request, response),
        takesUpgrade: (request) => passthrough.takesUpgrade(request),
        onUpgrade: (request, socket, head) => passthrough.upgrade(request, socket, head),
      })
      const port = await bind(server, { host: listen.host, port: options.port ?? listen.port })
      servers.push(server)
      if (options.adminPort === false) return { port, adminPort: undefined }
      const boundTo = admin.listen.host
      const parts = { serving, loop, boundTo, reload: () => reloader.reload(), lastReload: () => reloader.last }
      const adminApp = createAdminApp(parts)
      adminServer = createListener({
        onRequest: adminApp,
        takesUpgrade: () => false,
        onUpgrade: (_, socket) => socket.destroy(),
      })
      try {
        return {
          port,
          adminPort: await bind(adminServer, { host: boundTo, port: options.adminPort ?? admin.listen.port }),
        }
      } catch (thrown) {
        closeNow(server)
        servers.pop()
        adminServer = undefined
        throw thrown
      }
    },
    reload: () => reloader.reload(),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

/** What was read once, when the process began. */
function warnOfFixedSettings(before: Snapshot, after: Snapshot, logger: Logger): void {
  for (const key of ['listen', 'admin', 'telemetry'] as const) {
    if (JSON.stringify(before.settings[key]) !== JSON.stringify(after.settings[key])) {
      logger.warn(`\`${key}\` of the gateway's file has changed: that takes a restart`)
    }
  }
}

function configuredBy({ routes, callSites }: Snapshot) {
  const services = callSites.map(({ service }) => service.name)
  for (const route of routes) if (route.kind === 'passthrough') services.push(route.service.name)
  return {
    routes: new Set(routes.map(({ name }) => name)),
    templates: new Set(routes.map(({ match }) => match.path)),
    services: new Set(services),
  }
}
