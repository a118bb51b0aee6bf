import type { Language } from '../binding/color.ts'
import { within } from '../binding/shape.ts'
import { type ParsedRoute, toolOf } from '../routes/route.ts'
import { bindResponse } from '../steps/response.ts'
import { type BindGuard, bindGrants } from './access.ts'
import { bindAdmission, bindPriority } from './admission/route.ts'
import { bindGuarded } from './bind-guarded.ts'
import { RouteBinder } from './binder.ts'
import type { BoundRoute } from './bound-route.ts'
import type { Catalogue } from './catalogue.ts'
import type { Defaults } from './defaults.ts'
import { bindBrowsers } from './for-browsers.ts'
import { bindInputs } from './inputs.ts'
import type { Parts } from './parts.ts'
import type { RouteSettings } from './route-settings.ts'
import { bindTrigger } from './trigger.ts'

/** Resolves everything in an aggregated route: colors, operations, templates. Its faults are reported. */
export function bindRoute(
  parsed: ParsedRoute,
  settings: RouteSettings,
  catalogue: Catalogue,
  parts: Parts,
  defaults: Pick<Defaults, 'browsers' | 'limit' | 'presets'>,
  guard: BindGuard,
  language: Language,
): BoundRoute {
  const { definition, position, match, durable, name } = parsed
  const { source } = position
  const beginning = match.on ? 'on' : 'match'
  const priority = bindPriority(settings.priority, language)
  const binder = new RouteBinder(name, catalogue, language, {
    parts,
    priorityOf: priority.priorityOf,
    keepsWholeAnswers: settings.cache?.value !== undefined,
  })
  const inputs = bindInputs(definition, match, position, language)
  const access = guard(inputs)
  // A route's own `catch` handles what its response fails with too.
  const body = bindGuarded(parsed, name, binder, (compiler, recover) => compiler.guardResponse(recover))
  const response = definition.response && bindResponse(definition.response, within(position, 'response'), language)
  return {
    name,
    file: source.path,
    summary: definition.summary,
    tool: toolOf(definition),
    match,
    matchAt: source.locate([beginning]),
    messages: bindTrigger(match.on, within(position, 'on'), language),
    settings,
    timeoutMs: settings.timeout.value,
    maxRequestBytes: settings.maxRequestBody.value,
    maxCalls: settings.maxCalls.value,
    maxWork: settings.maxWork.value,
    durable,
    durableAt: source.locateKey([definition.durable ? 'durable' : beginning]),
    inputs,
    accepts: definition.decode ?? ['json'],
    acceptsAt: source.locateKey([definition.decode ? 'decode' : beginning]),
    origins: settings.origin?.value,
    browsers: bindBrowsers(settings, defaults.browsers),
    body,
    response,
    access,
    grants: match.on ? undefined : bindGrants(parsed, defaults.presets, access, inputs, language),
    admission: bindAdmission(parsed, settings, inputs, defaults.limit, language),
    priorityReads: priority.reads,
    degradedMaxAgeMs: settings.degradedMaxAge?.value,
    etag: settings.etag?.value ?? false,
    cacheTtlMs: settings.cache?.value?.ttl,
    callSites: binder.callSites,
    incomplete: binder.incomplete,
  }
}
