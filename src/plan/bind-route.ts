import type { Language } from '../binding/color.ts'
import { within } from '../binding/shape.ts'
import type { ParsedRoute } from '../routes/route.ts'
import { compileHandlers, guardRun, listCaught } from '../steps/catch.ts'
import { bindResponse } from '../steps/response.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import { bindAdmission, bindPriority } from './admission/route.ts'
import { RouteBinder } from './binder.ts'
import type { BoundRoute, RouteBound } from './bound-route.ts'
import type { Catalogue } from './catalogue.ts'
import type { Defaults } from './defaults.ts'
import { bindInputs } from './inputs.ts'

/** Resolves everything in an aggregated route: colors, operations, templates. Its faults are reported. */
export function bindRoute(
  parsed: ParsedRoute,
  catalogue: Catalogue,
  defaults: Defaults,
  language: Language,
): BoundRoute {
  const { definition, position, match, name } = parsed
  const { source } = position
  const priority = bindPriority(parsed, language)
  const binder = new RouteBinder(name, catalogue, language, {
    priorityOf: priority.priorityOf,
    keepsWholeAnswers: definition.cache !== undefined,
  })
  const inputs = bindInputs(definition, match, position, language)
  const body = parsed.handlers.length > 0 ? guardWithHandlers(parsed, binder) : binder.block(parsed.body)
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

/** A route's own `catch` is a `try` around all of its steps, and handles what its response fails with too. */
function guardWithHandlers(parsed: ParsedRoute, binder: RouteBinder): BoundBlock {
  const attempt = binder.guardedBlock(parsed.body)
  const patterns = (parsed.definition.catch ?? []).map((arm) => arm.errors)
  const handlers = parsed.handlers.map((block, index) =>
    binder.block(block, { locals: ['error'], handles: patterns[index] ?? [] }),
  )
  const step: BoundStep = {
    kind: 'try',
    name: parsed.name,
    at: parsed.position.source.locateKey(['catch']),
    condition: undefined,
    blocks: [attempt, ...handlers],
    composition: 'attempt',
    catches: listCaught(patterns, parsed.position),
    compile(compiler) {
      const run = compiler.block(attempt)
      const recover = compileHandlers(patterns, handlers, compiler)
      compiler.guardResponse(recover)
      return guardRun(run, recover)
    },
  }
  return { order: 'sequence', steps: [step], at: attempt.at }
}
