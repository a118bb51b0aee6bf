import type { Layer, LayerResponse, Policy } from '../../calls/layer.ts'
import type { CallSite, PolicyKind, PolicyParts, SharedState } from '../../calls/policy.ts'
import type { Misfit, PolicyOperation } from '../../calls/policy-binding.ts'
import type { Clock } from '../../clock.ts'
import { printThrown } from '../../definition.ts'
import { Body } from '../../json/body.ts'
import { inTime } from './in-time.ts'
import { failureOf, type Origin, refusePromise } from './origin.ts'

const mendIt = 'the extension has to be mended, or not be used'
/** What is inside ends at the request's deadline by itself, and may then be covered; a policy that waits for something else does not. */
const graceMs = 100

/** A policy of an extension: what fails at load is told where it was declared, what fails later fails the call. */
export function guardPolicy(definition: PolicyKind, origin: Origin): PolicyKind {
  const faults = new WeakMap<CallSite, Fault>()
  const { misfit, errorCodes, shared, ahead } = definition
  const describe = (thrown: unknown) => `${origin.label} failed: ${printThrown(thrown)}`

  const wrap = (build: NonNullable<PolicyKind['ahead']> | PolicyKind['wrap'], config: unknown, parts: PolicyParts) => {
    const opened = parts.state as Opened | undefined
    const fault = faults.get(parts.site) ?? opened?.fault
    if (fault) return failing(fault, origin)
    try {
      const policy = build(config, { ...parts, state: opened?.state })
      return policy && guardLayers(policy, parts.clock, origin)
    } catch (thrown) {
      return failing({ thrown }, origin)
    }
  }

  return {
    ...definition,
    bind(written, binder) {
      try {
        const config = definition.bind ? definition.bind(written, binder) : written
        if (config !== undefined && config !== false) rehearse(definition, config)
        for (const { codes, path } of errorCodes?.(written) ?? []) [...codes, ...path]
        return config
      } catch (thrown) {
        binder.report('invalid-extension', describe(thrown), [], mendIt)
        return undefined
      }
    },
    ...(misfit && {
      misfit(config: unknown, operation: PolicyOperation): Misfit | undefined {
        try {
          return misfit(config, operation)
        } catch (thrown) {
          return { code: 'invalid-extension', message: describe(thrown), help: mendIt, short: 'its extension failed' }
        }
      },
    }),
    ...(errorCodes && {
      errorCodes(written: unknown) {
        try {
          return errorCodes(written)
        } catch {
          // `bind` tells of it.
          return []
        }
      },
    }),
    ...(shared && { shared: guardShared(shared, faults) }),
    wrap: (config, parts) => wrap(definition.wrap, config, parts),
    ...(ahead && { ahead: (config: unknown, parts: PolicyParts) => wrap(ahead, config, parts)! }),
  }
}

/** Every method, whether or not it may be sent twice. */
const operations: readonly PolicyOperation[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => {
  const safe = method === 'GET' || method === 'HEAD'
  return [true, ...(method === 'POST' || method === 'PATCH' ? [false] : [])].map((idempotent) => ({
    method,
    idempotent,
    safe,
  }))
})

/** Asks a policy whatever is asked of it about its config, so that nobody has to reckon with its failing later. */
function rehearse(kind: PolicyKind, config: unknown): void {
  const expect = (what: string, is: boolean) => {
    if (!is) throw new Error(`it has no right \`${what}\``)
  }
  const one = { ms: 1, sum: '1ms' }
  const worst = kind.worst?.(config, one, one) ?? one
  expect('worst', Number.isFinite(worst.ms) && worst.ms >= 0 && typeof worst.sum === 'string')
  expect('requests', Number.isInteger(kind.requests?.(config, 1) ?? 1))
  expect('caption', typeof kind.caption(config) === 'string')
  expect('drawing', ['string', 'undefined'].includes(typeof kind.drawing?.(config)))
  for (const operation of operations) {
    const { message, short } = kind.misfit?.(config, operation) ?? { message: '', short: '' }
    expect('misfit', typeof message === 'string' && typeof short === 'string')
  }
  kind.answerUse?.(config)
  kind.copiesTo?.(config)
}

interface Fault {
  readonly thrown: unknown
}

/** A state, or why there is none. */
interface Opened {
  readonly state?: unknown
  readonly fault?: Fault
}

function guardShared(
  { key, open, close }: SharedState<unknown, unknown>,
  faults: WeakMap<CallSite, Fault>,
): SharedState<unknown, Opened> {
  return {
    key(config, site) {
      try {
        const own = key(config, site)
        return own && [JSON.stringify(own)]
      } catch (thrown) {
        faults.set(site, { thrown })
        return undefined
      }
    },
    open(config, parts) {
      try {
        return { state: refusePromise(open(config, parts)) }
      } catch (thrown) {
        return { fault: { thrown } }
      }
    },
    close({ state, fault }) {
      if (fault || !close) return
      try {
        refusePromise<unknown>(close(state))
      } catch {
        // Nobody is left for whom it could fail.
      }
    },
  }
}

/** What could not be built fails those who call through it. */
function failing({ thrown }: Fault, origin: Origin): Policy {
  return () => () => Promise.reject(failureOf(origin, thrown))
}

function guardLayers(policy: Policy, clock: Clock, origin: Origin): Policy {
  return (next) => {
    let layer: Layer
    try {
      layer = policy(next)
      if (typeof layer !== 'function') throw new Error('it wraps calls in no function')
    } catch (thrown) {
      return failing({ thrown }, origin)(next)
    }
    const fail = (thrown: unknown): never => {
      throw failureOf(origin, thrown)
    }
    return (request, call) => {
      const { deadline, scope } = call.context
      const waiting = { clock, deadline: deadline + graceMs, scope }
      try {
        const answer: unknown = layer(request, call)
        if (!(answer instanceof Promise)) throw new Error('it gives no promise')
        return inTime(answer.then(checkResponse), waiting).catch(fail)
      } catch (thrown) {
        return Promise.reject(failureOf(origin, thrown))
      }
    }
  }
}

function checkResponse(value: unknown): LayerResponse {
  const { status, headers, body, source } = (value ?? {}) as Partial<LayerResponse>
  const isResponse = Number.isInteger(status) && typeof headers === 'object' && typeof source === 'string'
  if (!isResponse || !(body === undefined || body instanceof Body)) throw new Error('it gave no response')
  return value as LayerResponse
}
