import type { Notes } from '../draft.ts'
import { type ForeignObject, objectOf, textOf } from '../foreign.ts'
import { namesEverything } from './call.ts'
import { type Endpoint, isProxyNamespace } from './config.ts'

const rootKeys = new Set([
  'version',
  'name',
  'port',
  'listen_ip',
  'host',
  'timeout',
  'cache_ttl',
  'output_encoding',
  'endpoints',
  'extra_config',
])
const endpointKeys = new Set([
  'endpoint',
  'method',
  'backend',
  'timeout',
  'cache_ttl',
  'input_query_strings',
  'input_headers',
  'output_encoding',
  'extra_config',
])
const backendKeys = new Set([
  'host',
  'url_pattern',
  'method',
  'group',
  'target',
  'mapping',
  'allow',
  'deny',
  'is_collection',
  'input_headers',
  'input_query_strings',
  'disable_host_sanitize',
  'sd_scheme',
  'extra_config',
])
const proxyKeys = new Set(['sequential', 'static', 'shadow', 'combiner'])

const meanings: Record<string, string> = {
  'qos/ratelimit/router': 'requests of this endpoint are not limited',
  'qos/ratelimit/proxy': 'calls of this backend are not limited',
  'qos/http-cache': 'answers are not cached',
  'validation/json-schema': 'the body is not checked; give it a color with this schema in `in`',
  'modifier/martian': 'request and answer are not modified',
  'security/cors': 'no CORS headers are sent',
  'telemetry/opentelemetry': 'tracing is set in gateway.yaml and by OTEL_* variables',
  'telemetry/logging': 'logs are JSON lines on standard output',
}

/** Checks of who may ask: without them the backends would be open. */
export function listGuards({ value, at }: Endpoint): string[] {
  return Object.keys(objectOf(value['extra_config']))
    .filter((name) =>
      /^auth\/(?!signer)|^security\/policies$|^validation\/cel$|krakend-(jose\/validator|cel|apikeys?|basic-auth)/.test(
        name,
      ),
    )
    .map((name) => `${at}.extra_config['${name}']`)
}

export function noteRoot(root: ForeignObject, notes: Notes): void {
  noteKeys(root, '$', rootKeys, notes)
  noteExtra(root, '$', new Set(), notes)
}

export function noteEndpoint(endpoint: Endpoint, notes: Notes): void {
  const { value, at, proxy, backends } = endpoint
  noteKeys(value, at, endpointKeys, notes, new Set(['concurrent_calls']))
  if (typeof value['concurrent_calls'] === 'number' && value['concurrent_calls'] > 1)
    notes.add(`${at}.concurrent_calls`, 'each call is made once; a call is not raced against another')
  const guards = new Set(listGuards(endpoint))
  noteExtra(value, at, guards, notes)
  for (const name of Object.keys(proxy)) {
    if (!proxyKeys.has(name)) notes.add(`${at}.extra_config.proxy.${name}`, 'has no counterpart')
  }
  if (textOf(proxy['combiner']) !== undefined && proxy['combiner'] !== 'default')
    notes.add(`${at}.extra_config.proxy.combiner`, 'answers are merged as by default')
  noteEverything(value, at, notes)
  if (['string', 'xml', 'yaml', 'negotiate'].includes(endpoint.outputEncoding))
    notes.add(`${at}.output_encoding`, `\`${endpoint.outputEncoding}\`: the answer is always JSON`)
  for (const backend of backends) {
    noteKeys(backend.value, backend.at, backendKeys, notes, new Set(['encoding', 'sd']))
    noteExtra(backend.value, backend.at, new Set(), notes)
    noteEverything(backend.value, backend.at, notes)
    const encoding = textOf(backend.value['encoding']) ?? 'json'
    if (!['json', 'fast-json', 'no-op'].includes(encoding))
      notes.add(`${backend.at}.encoding`, `\`${encoding}\`: an answer is read as JSON, anything else is a failure`)
    const discovery = textOf(backend.value['sd']) ?? 'static'
    if (discovery !== 'static')
      notes.add(`${backend.at}.sd`, `\`${discovery}\`: the host is called by its name, SRV records are not asked for`)
    if (backend.extra['qos/circuit-breaker'])
      notes.add(
        `${backend.at}.extra_config['qos/circuit-breaker']`,
        'nearly: opens when all calls of the interval failed, and at least `max_errors` of them',
      )
  }
}

function noteEverything(owner: ForeignObject, at: string, notes: Notes): void {
  for (const [key, what] of [
    ['input_headers', 'header'],
    ['input_query_strings', 'parameter'],
  ] as const) {
    if (namesEverything(owner[key]))
      notes.add(`${at}.${key}`, `\`*\`: nothing is passed on that is not named; list each ${what}`)
  }
}

function noteKeys(
  owner: ForeignObject,
  at: string,
  known: ReadonlySet<string>,
  notes: Notes,
  handled: ReadonlySet<string> = new Set(),
): void {
  for (const key of Object.keys(owner)) {
    // Keys like these are comments, by KrakenD's own custom.
    if (known.has(key) || handled.has(key) || /^[$@_#]|^\/\//.test(key) || key === 'comment') continue
    const hint =
      key === 'whitelist' || key === 'blacklist'
        ? 'is of before version 2; call it `allow` or `deny`'
        : 'has no counterpart'
    notes.add(`${at}.${key}`, hint)
  }
}

function noteExtra(owner: ForeignObject, at: string, guards: ReadonlySet<string>, notes: Notes): void {
  for (const [name, value] of Object.entries(objectOf(owner['extra_config']))) {
    const place = `${at}.extra_config['${name}']`
    if (isProxyNamespace(name) || name === 'qos/circuit-breaker' || guards.has(place) || /^[$@_#]/.test(name)) continue
    if (name === 'backend/http' && objectOf(value)['return_error_code'] === true) continue
    notes.add(place, meanings[name] ?? 'has no counterpart')
  }
}
