import { dirname } from 'node:path'
import { Admission } from '../admission/admission.ts'
import { Limiters } from '../admission/limiters.ts'
import type { Call } from '../calls/call.ts'
import { metersOf } from '../calls/policy-events.ts'
import { Backends } from '../calls/registry.ts'
import { systemClock } from '../clock.ts'
import { isPrivate } from '../config/listen.ts'
import { SecretDirectory } from '../config/secret-files.ts'
import type { SelfRegistration } from '../endpoints/registration/self-registration.ts'
import { SharedSchemes } from '../identity/open-scheme.ts'
import { policyKinds } from '../operations/policies/index.ts'
import { openStore } from '../stores/index.ts'
import { Streams } from '../streams/streams.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createTracer } from '../telemetry/tracer.ts'
import { MetricWindows } from '../telemetry/windows.ts'
import { watchedMetrics } from './admin/console/watched.ts'
import type { Gateway, GatewayOptions } from './gateway-contract.ts'
import { headersForBrowser } from './http/for-browsers.ts'
import { loadAtFirstRequest } from './http/lazy-listener.ts'
import { closeNow } from './http/listener.ts'
import { type Listeners, openListeners } from './http/open-listeners.ts'
import { dropHeadersOfProxies } from './http/untrusted-headers.ts'
import { Activation } from './lifecycle/activation.ts'
import { countBackends } from './lifecycle/backend-metrics.ts'
import { drain, idle, leftOf } from './lifecycle/drain.ts'
import { DurableRuns } from './lifecycle/durable-runs.ts'
import { reportFaults } from './lifecycle/fault-reports.ts'
import { createLoader } from './lifecycle/load.ts'
import { logNotices } from './lifecycle/notices.ts'
import { observeCertificates } from './lifecycle/observe-certificates.ts'
import { observeSecrets } from './lifecycle/observe-secrets.ts'
import { observeStore } from './lifecycle/observe-store.ts'
import { leaveRegistry, nameOfSelf, registerSelf } from './lifecycle/register.ts'
import { Reloader } from './lifecycle/reload.ts'
import type { Serving } from './lifecycle/serving.ts'
import { runInSlices } from './lifecycle/slices.ts'
import { configuredBy, warnOfFixedSettings } from './lifecycle/take-over.ts'
import { Triggers } from './lifecycle/triggers.ts'
import { ConfigWatcher } from './lifecycle/watch.ts'
import { tryMcp } from './mcp/endpoint.ts'
import { watchOverload } from './overload/watch-overload.ts'
import { Passthrough } from './passthrough/passthrough.ts'
import { ActiveRoutes } from './requests/active-route.ts'
import { answerUnmatched, findRoute, tryAggregate } from './requests/dispatch.ts'
import { tryOpenApi } from './requests/openapi.ts'
import { tryPreflight } from './requests/preflight.ts'
import { tellRefused } from './requests/refused.ts'
import { trySignIn } from './requests/sign-in.ts'
import { isOfRuns } from './runs/place.ts'

export type { Gateway, GatewayOptions } from './gateway-contract.ts'
export { ConfigurationError } from './lifecycle/load.ts'
export type { ReloadResult } from './lifecycle/reload.ts'
export type { RequestEntry } from './lifecycle/serving.ts'

const lastSpansMs = 1000
const lastWritesMs = 2000

/**
 * Creates a gateway from its files.
 * @throws ConfigurationError when they have errors
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    config,
    routes,
    extensions,
    env = process.env,
    logger = createLogger(),
    clock = systemClock,
    onRequest,
  } = options
  const metrics = createMetrics(metersOf(policyKinds))
  const notify = logNotices(logger)
  const secrets = new SecretDirectory(options.secrets)
  observeSecrets(secrets, () => reloader.secrets, metrics, notify)
  const reloader = new Reloader({
    loader: createLoader({ config, routes, extensions, env, secrets, epoch: () => clock.epoch() }),
    logger,
    metrics,
    epoch: () => clock.epoch(),
    onRead: (locations) => watcher?.watch(locations),
    onReload: options.onReload,
    async activate(snapshot) {
      const before = serving.current
      await durable.prepare(snapshot)
      const activation = await runInSlices(Activation.open(snapshot, activeRoutes, before))
      if (serving.isDraining) return activation.leave()
      serving.current = activation
      before.leave()
      listeners?.renew(snapshot.tls)
      await triggers.follow(snapshot)
      warnOfFixedSettings(before.snapshot, snapshot, logger)
      metrics.retain(configuredBy(snapshot))
    },
  })
  let watcher: ConfigWatcher | undefined

  const { snapshot: first, locations } = await reloader.loadFirst()
  const { buckets } = first.settings.telemetry
  if (buckets) metrics.useBuckets(buckets.map((ms) => ms / 1000))
  const store = openStore(first.settings.stores.cache, () => clock.epoch(), observeStore(metrics, logger))
  const limiters = new Limiters({ clock, notify, metrics: metrics.admission, redisUrl: first.settings.stores.limits })
  await limiters.connected()
  const admission = new Admission(clock, metrics.admission, limiters)
  const history = first.settings.history ?? options.history
  const isShedding = () => serving.overload.isShedding
  const colors = () => serving.current.snapshot.colors
  const { Records } = history ? await import('./lifecycle/records.ts') : {}
  const records =
    history &&
    (await Records!.open({ settings: history, clock, logger, metrics, base: dirname(config), isShedding, colors }))
  const captures = records !== undefined
  const backends = new Backends({ clock, metrics: countBackends(metrics), notify, store, admission, captures })
  const schemes = new SharedSchemes(clock, notify)
  const pace = (calls: readonly Call[]) => (serving.overload.isBusy ? serving.overload.pace(calls) : calls)
  const streams = new Streams({ clock, notify, random: Math.random, emitted: metrics.triggers.countEmitted })
  const emit = streams.emit.bind(streams)
  const done = (route: string, id: string) => triggers.done(route, id)
  const durable = new DurableRuns({ clock, notify, backends, pace, emit, done, base: dirname(config) })
  const triggers = new Triggers({ clock, notify, random: Math.random, metrics: metrics.triggers, durable, streams })
  await durable.prepare(first)
  const activeRoutes = new ActiveRoutes({ clock, metrics, admission, schemes, backends, store, pace, emit, durable })
  const tracer = createTracer(first.settings.telemetry, (message) => logger.warn(message))
  await tracer.start()
  const serving: Serving = {
    clock,
    logger,
    tracer,
    metrics,
    backends,
    store,
    triggers,
    durable,
    unmatched: metrics.route('*', ''),
    records,
    onRequest,
    showsUnmatchedPaths: options.showUnmatchedPaths ?? false,
    current: await runInSlices(Activation.open(first, activeRoutes)),
    // After what is waited for: it asks for the whole.
    overload: watchOverload(() => serving, clock, logger, metrics),
    isDraining: false,
    inFlight: 0,
    whenIdle: undefined,
  }
  await triggers.follow(first)
  metrics.connections.follow(() =>
    observeCertificates(listeners?.shown() ?? [], serving.current.snapshot, clock.epoch()),
  )
  const stopReports = reportFaults(logger, metrics)
  const passthrough = new Passthrough(serving)
  let listeners: Listeners | undefined
  let windows: MetricWindows | undefined
  let registration: SelfRegistration | undefined
  let closing: Promise<void> | undefined

  if (options.watch !== false) {
    const onChange = () => void reloader.reload().catch((thrown) => logger.error({ err: thrown }, 'the reload failed'))
    watcher = new ConfigWatcher(onChange, (error) => logger.warn({ err: error }, 'a directory can only be polled'))
    watcher.watch(locations)
  }

  const answerRuns = loadAtFirstRequest(
    async () => (await import('./runs/endpoint.ts')).answerRuns.bind(undefined, serving),
    (thrown) => logger.error({ err: thrown }, 'what tells of durable runs cannot be loaded'),
  )
  const handler: Gateway['handler'] = (request, response, next) => {
    dropHeadersOfProxies(request, serving.current.addresses.trustsPeerOf)
    if (trySignIn(serving, request, response) || tryMcp(serving, request, response)) return
    if (isOfRuns(serving.current, request)) return answerRuns(request, response)
    if (request.method === 'OPTIONS' && tryPreflight(serving, request, response)) return
    const found = findRoute(serving.current, request)
    if (tryAggregate(serving, found, request, response)) return
    if (tryOpenApi(serving, request, response) || passthrough.tryPassOn(found, request, response)) return
    if (next) next()
    else answerUnmatched(serving, request, response)
  }

  async function closeAll(): Promise<void> {
    serving.isDraining = true
    await watcher?.close()
    await triggers.stop()
    await leaveRegistry(registration)
    const { drain: settings } = serving.current.snapshot.settings
    if (listeners) await drain(serving, listeners.servers, settings, passthrough)
    else await idle(serving, leftOf(settings.totalMs))
    passthrough.close()
    await durable.close(leftOf(settings.totalMs))
    await streams.close()
    serving.current.leave()
    await backends.close()
    await records?.close(lastWritesMs)
    await tracer.shutdown(lastSpansMs)
    if (listeners?.adminServer) closeNow(listeners.adminServer)
    listeners?.close()
    serving.overload.close()
    windows?.close()
    stopReports()
    logger.flush()
  }

  return {
    get snapshot() {
      return serving.current.snapshot
    },
    handler,
    async listen() {
      const { listen, admin, register, console } = serving.current.snapshot.settings
      if ((options.console ?? console) && options.adminPort !== false) {
        windows ??= new MetricWindows({ clock, series: metrics.series, names: watchedMetrics })
      }
      const adminParts = {
        serving,
        isPrivate: isPrivate(admin.listen),
        hosts: [admin.listen.host, ...admin.hosts, ...(register ? [nameOfSelf(register)] : [])],
        reload: () => reloader.reload(),
        lastReload: () => reloader.last,
        durable,
        windows,
      }
      const adminApp = loadAtFirstRequest(
        async () => (await import('./admin/admin.ts')).createAdminApp(adminParts, dirname(config)),
        (thrown) => logger.error({ err: thrown }, 'the admin listener cannot be loaded'),
      )
      listeners = await openListeners({
        at: listen.map((one, index) => (index === 0 ? { ...one, port: options.port ?? one.port } : one)),
        adminAt:
          options.adminPort === false ? undefined : { ...admin.listen, port: options.adminPort ?? admin.listen.port },
        handler,
        isReady: () => !serving.isDraining,
        tls: serving.current.snapshot.tls,
        clock,
        metrics: metrics.connections,
        notify,
        passthrough,
        adminApp,
        onRefused: (refused) => tellRefused(serving, refused),
        answerHeaders: (request) => headersForBrowser(serving.current.browsersAt(request), request),
      })
      const { bound, adminPort } = listeners
      const { port } = bound[0]!
      if (adminPort !== undefined && !isPrivate(admin.listen) && admin.auth === undefined) {
        logger.warn(
          { host: admin.listen.host, port: adminPort },
          'the admin listener is reachable without authentication, and answers health and metrics alone',
        )
      }
      registration = await registerSelf(serving.current.snapshot.settings, { port, adminPort }, { clock, notify })
      return { port, adminPort, listeners: bound }
    },
    reload: () => reloader.reload(),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
