import type { IncomingMessage } from 'node:http'
import type { Browsers } from '../../browsers/browsers.ts'
import { callbackPath, type SignIn, signOutPath } from '../../identity/sign-in.ts'
import { compressionOfPassed } from '../../plan/for-browsers.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { Work } from '../../plan/work.ts'
import { everyMatch, type MatchSegment } from '../../routes/match.ts'
import { type AnswerCoder, compileAnswerCoder } from '../../run/coded-answer.ts'
import type { CallerHeaders } from '../../telemetry/propagators.ts'
import { type ClientAddresses, compileClientAddresses } from '../http/client-address.ts'
import { pathOf } from '../http/strict.ts'
import { ActiveMcp } from '../mcp/active-mcp.ts'
import type { ActiveRoute, ActiveRoutes, ActiveUnmatched } from '../requests/active-route.ts'
import { compileClientFields } from '../requests/client-fields.ts'
import { KnownPaths } from '../requests/known-paths.ts'
import { Loops } from '../requests/loops.ts'
import type { Found } from '../requests/router.ts'
import { compileTraceTrust } from '../requests/trace-trust.ts'
import { Views } from '../requests/views.ts'
import { ActiveRuns } from '../runs/active-runs.ts'
import { runsPath } from '../runs/place.ts'

export {
  type ActiveAggregate,
  type ActivePassthrough,
  type ActiveRoute,
  isAggregate,
} from '../requests/active-route.ts'

const matchOf = (path: string) => ({
  segments: path
    .slice(1)
    .split('/')
    .map((text): MatchSegment => (text === '{id}' ? { kind: 'parameter', name: 'id' } : { kind: 'literal', text })),
})
/** What the gateway answers by itself. */
const ownPaths = ['/openapi.json', callbackPath, signOutPath].map(matchOf)
/** The same where there are runs. */
const pathsOfRuns = ['', '/answer'].map((rest) => matchOf(`${runsPath}{id}${rest}`))

export type ActiveMatch = Found<ActiveRoute>

/**
 * A snapshot at work: its routes in a radix tree, their calls opened. A request keeps the activation it began with;
 * when a newer one has taken its place and its last request has ended, its calls are released.
 */
export class Activation {
  readonly snapshot: Snapshot
  readonly addresses: ClientAddresses
  /** What is taken up of a caller's trace. */
  readonly traceHeadersOf: (request: IncomingMessage) => CallerHeaders
  /** What the access log tells of a client, as members of its line. */
  readonly describeClient: ReturnType<typeof compileClientFields>
  /** What stands before requests that no route takes. */
  readonly outer: ActiveUnmatched
  /** The same before what the gateway answers by itself. */
  readonly own: ActiveUnmatched
  /** Of those, where the gateway's file says `compress`. */
  readonly codeOwn: AnswerCoder | undefined
  /** Where models ask for tools; undefined where nowhere. */
  readonly mcp: ActiveMcp | undefined
  /** Those that whoever began them may ask for. */
  readonly runs: ActiveRuns
  /** Where people sign in. */
  readonly signIns: readonly SignIn[]
  readonly #signIns: { release(): void }
  /** What stands before the admin listener; undefined where nobody is asked there. */
  readonly admin: ActiveUnmatched | undefined
  readonly loops: Loops
  readonly #views: Views<ActiveRoute>
  readonly #routes: ActiveRoutes
  #users = 1
  /** By the routes that they are of. */
  readonly #knownPaths = new Map<ReadonlySet<ActiveRoute>, KnownPaths>()
  /** Whether some route says another thing to browsers than the gateway. */
  readonly #hasOwnBrowsers: boolean

  private constructor(snapshot: Snapshot, views: Views<ActiveRoute>, routes: ActiveRoutes) {
    this.snapshot = snapshot
    this.loops = new Loops(snapshot)
    this.addresses = compileClientAddresses(snapshot.settings.trustedProxies)
    this.traceHeadersOf = compileTraceTrust(snapshot.settings.telemetry.trust, this.addresses.trustsPeerOf)
    this.describeClient = compileClientFields(snapshot.settings.accessLog.fields, this.addresses)
    this.outer = routes.openUnmatched(snapshot)
    this.#hasOwnBrowsers = snapshot.routes.some(
      ({ browsers }) => browsers?.cors?.policy !== this.outer.route.browsers?.cors?.policy,
    )
    const { settings, ownAccess, adminAccess } = snapshot
    this.own = ownAccess ? routes.openUnmatched(snapshot, ownAccess) : this.outer
    const compression = compressionOfPassed(settings)
    this.codeOwn = compression && compileAnswerCoder(compression, true)
    this.mcp = settings.mcp && new ActiveMcp(snapshot, settings.mcp, routes)
    this.runs = new ActiveRuns(snapshot, routes)
    this.admin = adminAccess && routes.openGuard(snapshot, adminAccess)
    const { opened, release } = routes.openSignIns(snapshot)
    this.signIns = opened
    this.#signIns = { release }
    this.#views = views
    this.#routes = routes
  }

  /** Puts a snapshot to work, in steps of a route; what it shares with the one before is taken over. */
  static *open(snapshot: Snapshot, routes: ActiveRoutes, before?: Activation): Work<Activation> {
    const targets: (readonly [ActiveRoute['route']['match'], ActiveRoute])[] = []
    const taken: ActiveRoute[] = []
    try {
      for (const route of snapshot.routes) {
        const active = routes.acquire(route)
        taken.push(active)
        for (const match of everyMatch(route.match)) targets.push([match, active])
        yield
      }
      const views = yield* Views.plant(targets, before === undefined ? undefined : before.#views)
      return new Activation(snapshot, views, routes)
    } catch (thrown) {
      for (const { route } of taken) routes.release(route)
      throw thrown
    }
  }

  /** What a request that came in as this one would lead to. */
  find(request: IncomingMessage, method: string, path: string): ActiveMatch {
    return this.#views.of(request).find(method, path)
  }

  /** The routes that are there for a request that came in as this one. */
  routesFor(request: IncomingMessage): ReadonlySet<ActiveRoute> {
    return this.#views.of(request).targets
  }

  /** What browsers are told of a request that no route takes: of a path that has other methods, what its routes say. */
  browsersAt(request: IncomingMessage | undefined): Browsers | undefined {
    const { browsers } = this.outer.route
    if (!this.#hasOwnBrowsers || !request) return browsers
    const path = pathOf(request)
    const found = this.find(request, request.method ?? 'GET', path)
    const [other] = found.kind === 'wrong-method' ? found.allow : []
    const taken = other === undefined ? found : this.find(request, other, path)
    return taken.kind === 'match' ? taken.target.route.browsers : browsers
  }

  /** A path that no route takes, as everyone may be told it where this came in: of routes that are elsewhere it says nothing. */
  tellPath(request: IncomingMessage, path: string): string {
    const routes = this.routesFor(request)
    let known = this.#knownPaths.get(routes)
    if (!known) {
      const ofRuns = this.runs.isEmpty ? [] : pathsOfRuns
      const own = [...ownPaths, ...ofRuns, ...(this.mcp?.paths ?? []).map(matchOf)]
      known = new KnownPaths([...[...routes].flatMap(({ route: { match } }) => everyMatch(match)), ...own])
      this.#knownPaths.set(routes, known)
    }
    return known.tell(path)
  }

  /** A request begins on it. */
  enter(): void {
    this.#users++
  }

  /** A request on it has ended, or a newer one has taken its place. */
  leave(): void {
    if (--this.#users > 0) return
    this.outer.pipeline.release()
    if (this.own !== this.outer) this.own.pipeline.release()
    this.#signIns.release()
    this.mcp?.release()
    this.runs.release()
    this.admin?.pipeline.release()
    for (const route of this.snapshot.routes) this.#routes.release(route)
  }
}
