import type { Language } from '../binding/color.ts'
import { within } from '../binding/shape.ts'
import { compileBrowsers } from '../browsers/browsers.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { ProxyDefinition } from '../routes/proxy.ts'
import type { ParsedRoute } from '../routes/route.ts'
import type { Source } from '../yaml/source.ts'
import { type BindGuard, bindGrants } from './access.ts'
import { bindAdmission } from './admission/route.ts'
import { readsWhoAsks } from './calls-with-claims.ts'
import type { Catalogue, CatalogueService } from './catalogue.ts'
import type { Defaults } from './defaults.ts'
import { bindBrowsers, compressionOfPassed } from './for-browsers.ts'
import { type BoundInput, bindInputs } from './inputs.ts'
import { bindPassedRequest } from './passed-request.ts'
import type { RouteSettings } from './route-settings.ts'
import type { PassthroughRoute } from './snapshot.ts'
import { toldOfPassthrough } from './told-of-requests.ts'

/** What a service may say of its calls that cannot hold for what is passed through to it, and why not. */
const unkept = {
  retry: 'its body is gone when it fails: `failover: fast-retry` goes on to another endpoint where that is safe',
  hedge: 'its body can be sent once',
  breaker: 'a passthrough has no operation that could rest: `outlier` lets endpoints rest',
  cache: 'its answers are not kept',
  coalesce: 'its answers are not shared',
  follow: 'where a redirect leads is the client’s to ask',
  mirror: 'its body can be sent once',
  headers: 'its headers are the client’s',
  http2: 'it goes over HTTP/1.1',
} as const

/** A `proxy:` route, with its service found; undefined for any other route. */
export function bindPassthrough(
  parsed: ParsedRoute,
  settings: RouteSettings,
  catalogue: Catalogue,
  defaults: Pick<Defaults, 'browsers' | 'limit' | 'presets'>,
  guard: BindGuard,
  language: Language,
): PassthroughRoute | undefined {
  const { name, match, definition, position } = parsed
  const { diagnostics } = language
  const { source } = position
  if (definition.proxy === undefined) return undefined
  const { proxy } = definition
  const { service: wanted, idle } = proxy
  const at = source.locate(typeof source.valueAt(['proxy']) === 'string' ? ['proxy'] : ['proxy', 'service'])
  const service = catalogue.get(wanted)
  if (!service) {
    if (!catalogue.isWhole) return undefined
    const help = didYouMean(wanted, catalogue.keys())
    diagnostics.add('unknown-service', `there is no service \`${wanted}\``, at, help)
    return undefined
  }
  if (service.info.split) {
    const message = `\`${wanted}\` runs in versions, and a passthrough looks at nothing to choose one by`
    diagnostics.add('invalid-value', message, at, 'write the calls as `do`')
    return undefined
  }
  if (service.definition.auth) checkNoOtherIsPassed(proxy, source, language)
  checkPoliciesHold(service, wanted, (message, help) => diagnostics.add('invalid-value', message, at, help))
  const inputs = bindInputs(definition, match, position, language)
  checkInputsStandInTheHead(inputs, language)
  const access = guard(inputs)
  const own = { ms: settings.timeout.value, origin: settings.timeout.origin }
  const timeout = service.timeout && service.timeout.ms < own.ms ? service.timeout : own
  const browsers = bindBrowsers(settings, defaults.browsers)
  return {
    kind: 'passthrough',
    name,
    match,
    summary: definition.summary,
    file: source.path,
    service: service.info,
    told: toldOfPassthrough(match),
    browsers: compileBrowsers(browsers, 'any'),
    compression: compressionOfPassed(browsers),
    timeoutMs: timeout.ms,
    timeoutOrigin: timeout.origin,
    idleMs: idle,
    access,
    grants: bindGrants(parsed, defaults.presets, access, inputs, language),
    passes: bindPassedRequest(
      proxy,
      { match, inputs, access, asserted: assertedTo(service) },
      within(position, 'proxy'),
      language,
    ),
    admission: bindAdmission(parsed, settings, inputs, defaults.limit, language),
    maxRequestBytes: settings.maxRequestBody.value,
    headers: settings.headers,
    settings,
  }
}

/** The headers that tell a service who asks: it believes them, so no client says them in our place. */
function assertedTo({ operations }: CatalogueService): readonly string[] {
  return [...operations.values()].flatMap(({ operation }) =>
    operation.headers.filter(({ value }) => value.reads.some(readsWhoAsks)).map(({ name }) => name),
  )
}

function checkInputsStandInTheHead(inputs: readonly BoundInput[], { diagnostics }: Language): void {
  for (const { color, locator, at } of inputs) {
    if (locator.in !== 'body') continue
    const help = 'take it from the path, the query, a header or a cookie'
    diagnostics.add('invalid-value', `\`${color}\` stands in the body, which is passed through and not read`, at, help)
  }
}

/** The service is shown the gateway's own: a client's beside it, or another of the route's, would be lost or stand in its place. */
function checkNoOtherIsPassed(
  { pass = [], headers = {} }: ProxyDefinition,
  source: Source,
  { diagnostics }: Language,
): void {
  const help = 'the service is shown what its own `auth` says'
  const passed = pass.indexOf('authorization')
  if (passed >= 0)
    diagnostics.add(
      'invalid-value',
      'the client’s `authorization` cannot go on',
      source.locate(['proxy', 'pass', passed]),
      help,
    )
  for (const name of Object.keys(headers).filter((one) => one.toLowerCase() === 'authorization'))
    diagnostics.add(
      'invalid-value',
      '`authorization` is said already',
      source.locateKey(['proxy', 'headers', name]),
      help,
    )
}

/**
 * What a service says of its calls holds for its operations, and is passed over by what is passed through. Where it has
 * none, nothing would heed it.
 */
function checkPoliciesHold(
  { definition, operations, unread }: CatalogueService,
  name: string,
  tell: (message: string, help: string) => void,
): void {
  if (operations.size + unread.size > 0) return
  const help = `take it out of \`${name}\`, or say it where operations of it are called`
  for (const [key, why] of Object.entries(unkept)) {
    const value = definition[key as keyof typeof unkept]
    if (value !== undefined && value !== false)
      tell(`\`${key}\` of \`${name}\` does not hold for what is passed through: ${why}`, help)
  }
  if (definition.balance.on !== undefined)
    tell(`\`${name}\` balances on \`${definition.balance.on}\`, and what is passed through has no colors`, help)
}
