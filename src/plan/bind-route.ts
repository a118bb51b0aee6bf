import type { Language } from '../binding/color.ts'
import { within } from '../binding/shape.ts'
import type { ParsedRoute } from '../routes/route.ts'
import { bindResponse } from '../steps/response.ts'
import { bindAdmission, bindPriority } from './admission/route.ts'
import { bindGuarded } from './bind-guarded.ts'
import { RouteBinder } from './binder.ts'
import type { BoundRoute, RouteBound } from './bound-route.ts'
import type { Catalogue } from './catalogue.ts'
import type { Defaults } from './defaults.ts'
import { bindInputs } from './inputs.ts'
import type { Parts } from './parts.ts'

/** Resolves everything in an aggregated route: colors, operations, templates. Its faults are reported. */
export function bindRoute(
  parsed: ParsedRoute,
  catalogue: Catalogue,
  parts: Parts,
  defaults: Defaults,
  language: Language,
): BoundRoute {
  const { definition, position, match, name } = parsed
  const { source } = position
  const priority = bindPriority(parsed, language)
  const binder = new RouteBinder(name, catalogue, language, {
    parts,
    priorityOf: priority.priorityOf,
    keepsWholeAnswers: definition.cache !== undefined,
  })
  const inputs = bindInputs(definition, match, position, language)
  // A route's own `catch` handles what its response fails with too.
  const body = bindGuarded(parsed, name, binder, (compiler, recover) => compiler.guardResponse(recover))
  const response = definition.response && bindResponse(definition.response, within(position, 'response'), language)
  return {
    name,
    file: source.path,
    summary: definition.summary,
    match,
    matchAt: source.locate(['match']),
    timeoutMs: definition.timeout ?? defaults.timeout,
    maxRequestBytes: definition.maxRequestBody ?? defaults.maxRequestBody,
    timeoutAt: source.locateKey([definition.timeout === undefined ? 'match' : 'timeout']),
    timeoutOrigin:
      definition.timeout === undefined ? defaults.timeoutOrigin : { by: 'route', at: source.locateKey(['timeout']) },
    maxCalls: bindBound('maxCalls', parsed, defaults),
    maxWork: bindBound('maxWork', parsed, defaults),
    inputs,
    accepts: definition.decode ?? ['json'],
    acceptsAt: source.locateKey([definition.decode ? 'decode' : 'match']),
    origins: definition.origin,
    body,
    response,
    admission: bindAdmission(parsed, inputs, defaults.limit, language),
    priorityReads: priority.reads,
    degradedMaxAgeMs: definition.degradedMaxAge,
    etag: definition.etag,
    cacheTtlMs: definition.cache?.ttl,
    cacheAt: source.locateKey([definition.cache === undefined ? 'match' : 'cache']),
    callSites: binder.callSites,
    incomplete: binder.incomplete,
  }
}

/** What one request may do: as the route has it, else the gateway. */
function bindBound(key: 'maxCalls' | 'maxWork', { definition, position }: ParsedRoute, defaults: Defaults): RouteBound {
  const own = definition[key]
  if (own === undefined) return { value: defaults[key], origin: defaults.boundOrigins[key] }
  return { value: own, origin: { by: 'route', at: position.source.locateKey([key]) } }
}
