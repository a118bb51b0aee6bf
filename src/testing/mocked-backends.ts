import { AsyncLocalStorage } from 'node:async_hooks'
import type { Call } from '../calls/call.ts'
import type { BackendMetrics } from '../calls/metrics.ts'
import type { CallSite } from '../calls/policy.ts'
import { Backends } from '../calls/registry.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { OutgoingRequest, TransportKind } from '../transports/transport.ts'
import { answerAs } from './answer.ts'
import type { Answer, Mock, Mocks } from './mocks.ts'
import { callsOf, isCalled, type RouteCall } from './route-calls.ts'
import { describeSentCall, documentOf, type SentCall } from './sent-call.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A request that a backend was sent. A retry is one more. */
export interface LoggedCall extends RouteCall {
  readonly sent: SentCall
}

export interface MockedBackendsOptions {
  readonly clock: VirtualClock
  readonly metrics?: BackendMetrics | undefined
  /** Stands in for a call site, so that someone can look at its fallbacks. */
  readonly observeSite?: ((site: CallSite) => CallSite) | undefined
}

/**
 * The backends of one route, all of them real but for the wire: retries, breakers, timeouts, fallbacks and the reading
 * of answers are the gateway's own, and what goes over the wire is answered by mocks.
 */
export class MockedBackends {
  /** By call site of the route. */
  readonly calls: readonly Call[]
  /** What the backends were sent since `begin`, in the order it was sent. */
  log: LoggedCall[] = []
  /** What is wrong with the mocks: calls that none answers, templates that cannot be filled. */
  readonly faults = new Set<string>()
  readonly #backends: Backends
  readonly #clock: VirtualClock
  /** Whose call is under way: a transport is told only what goes over the wire. */
  readonly #caller = new AsyncLocalStorage<RouteCall>()
  readonly #turns = new Map<Mock, number>()
  #mocks: readonly Mocks[] = []

  constructor(route: AggregatedRoute, options: MockedBackendsOptions) {
    const { clock, metrics, observeSite = (site) => site } = options
    this.#clock = clock
    this.#backends = new Backends({
      clock,
      metrics,
      transport: this.#transport(),
      // Jitter waits half of its delay; names stay names.
      random: () => 0.5,
      resolve: () => new Promise(() => {}),
    })
    const routeCalls = callsOf(route)
    const opened = this.#backends.open(routeCalls.map(({ site }) => leaveAlone(observeSite(site))))
    const calls: Call[] = []
    for (const [index, caller] of routeCalls.entries()) {
      const call = opened.calls[index]!
      calls[route.callSites.indexOf(caller.site)] = (context) => this.#caller.run(caller, call, context)
    }
    this.calls = calls
  }

  /** The next request comes; of these mocks the first list that names a call answers it. */
  begin(mocks: readonly Mocks[]): void {
    this.#mocks = mocks
    this.log = []
  }

  close(): Promise<void> {
    return this.#backends.close()
  }

  #transport(): TransportKind {
    return {
      name: 'mock',
      summary: 'Answers of a route test',
      open: (url) => {
        const prefix = url.pathname.replace(/\/+$/, '')
        return {
          send: async (request, scope) => {
            scope.throwIfCancelled()
            const { answer, body } = this.#receive(request, prefix)
            return answerAs(answer, body, request, scope, this.#clock)
          },
          close: async () => {},
        }
      },
    }
  }

  #receive(request: OutgoingRequest, prefix: string): { answer: Answer; body: string } {
    const caller = this.#caller.getStore()!
    const sent = describeSentCall(request, prefix)
    this.log.push({ ...caller, sent })
    try {
      const answer = this.#choose(caller, sent)
      return { answer, body: answer.render(documentOf(sent)) }
    } catch (thrown) {
      const error = toGatewayError(thrown)
      this.faults.add(`${caller.operation} (${request.method} ${request.path}): ${error.message}`)
      throw error
    }
  }

  #choose(caller: RouteCall, sent: SentCall): Answer {
    const mock = this.#mocks.flatMap((mocks) => mocks.find(({ name }) => isCalled(caller, name)) ?? [])[0]
    if (!mock) throw new GatewayError('internal', { detail: 'the route called it, and no mock answers' })
    const document = documentOf(sent)
    const conditional = mock.answers.find(({ applies }) => applies?.(document))
    if (conditional) return conditional
    const inTurn = mock.answers.filter(({ applies }) => !applies)
    const turn = this.#turns.get(mock) ?? 0
    this.#turns.set(mock, turn + 1)
    const answer = inTurn[Math.min(turn, inTurn.length - 1)]
    if (!answer) throw new GatewayError('internal', { detail: 'no answer of its mock holds for this call' })
    return answer
  }
}

/** What mocks answer has to be looked up nowhere, and nobody looks after it. */
function leaveAlone(original: CallSite): CallSite {
  // Mocks are HTTP: they are asked, and answer, by the JSON of messages.
  const site = original.codec ? { ...original, codec: { codeOf: original.codec.codeOf } } : original
  const { service } = site
  const policies = site.policies.filter(({ kind }) => !kind.copiesTo)
  if (service.split) {
    const versions = service.split.versions.map((version) => ({ ...version, target: standIn(version.target) }))
    return { ...site, policies, service: { ...service, split: { ...service.split, versions } } }
  }
  return { ...site, policies, service: standIn(service) }
}

function standIn(service: ServiceTarget): ServiceTarget {
  if (!service.discover && !service.care && !service.auth) return service
  const endpoints = service.discover
    ? [{ url: `http://${service.name}.test`, weight: 1, zone: undefined }]
    : service.endpoints
  return { ...service, endpoints, discover: undefined, care: undefined, auth: undefined }
}
