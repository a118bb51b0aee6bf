import { ImportRefused } from '../draft.ts'
import { type ForeignObject, isObject, listOf, objectOf, textOf, textsOf } from '../foreign.ts'

/** A piece of a KrakenD configuration and where it stands. */
export interface At<Value> {
  readonly value: Value
  readonly at: string
}

/** An endpoint with what it inherits filled in, as KrakenD's own start-up does (lura, config.Init). */
export interface Endpoint extends At<ForeignObject> {
  readonly path: string
  readonly method: string
  readonly timeoutMs: number
  readonly cacheSeconds: number
  readonly outputEncoding: string
  readonly headers: readonly string[]
  readonly query: readonly string[]
  readonly backends: readonly Backend[]
  /** `extra_config.proxy`. */
  readonly proxy: ForeignObject
}

export interface Backend extends At<ForeignObject> {
  readonly method: string
  readonly hosts: readonly string[]
  readonly urlPattern: string
  readonly extra: ForeignObject
}

const defaultTimeoutMs = 2000
/** Version 3 gave every namespace a short name; the long one still works. */
const proxyNamespaces = ['proxy', 'github.com/devopsfaith/krakend/proxy', 'github_com/devopsfaith/krakend/proxy']

/** @throws ImportRefused for anything but a configuration of version 3 */
export function readConfiguration(document: unknown): { root: ForeignObject; endpoints: Endpoint[] } {
  if (!isObject(document) || !Array.isArray(document['endpoints']))
    throw new ImportRefused('this is no KrakenD configuration: it has no list of `endpoints`')
  const version = document['version']
  if (version !== undefined && version !== 3)
    throw new ImportRefused(`this is a KrakenD configuration of version ${version}; migrate it to version 3 first`)
  return { root: document, endpoints: document['endpoints'].map((raw, index) => readEndpoint(raw, index, document)) }
}

function readEndpoint(raw: unknown, index: number, root: ForeignObject): Endpoint {
  const value = objectOf(raw)
  const at = `$.endpoints[${index}]`
  const method = (textOf(value['method']) ?? 'GET').toUpperCase()
  return {
    value,
    at,
    method,
    path: `/${(textOf(value['endpoint']) ?? '').replace(/^\//, '')}`,
    timeoutMs: parseGoDuration(value['timeout']) || parseGoDuration(root['timeout']) || defaultTimeoutMs,
    cacheSeconds: Math.floor((parseGoDuration(value['cache_ttl']) || parseGoDuration(root['cache_ttl'])) / 1000),
    outputEncoding: textOf(value['output_encoding']) ?? textOf(root['output_encoding']) ?? 'json',
    headers: textsOf(value['input_headers']),
    query: textsOf(value['input_query_strings']),
    backends: listOf(value['backend']).map((backend, number) =>
      readBackend(backend, `${at}.backend[${number}]`, method, root),
    ),
    proxy: proxyOf(value),
  }
}

function readBackend(raw: unknown, at: string, method: string, root: ForeignObject): Backend {
  const value = objectOf(raw)
  const own = textsOf(value['host'])
  return {
    value,
    at,
    method: (textOf(value['method']) ?? method).toUpperCase(),
    hosts: own.length > 0 ? own : textsOf(root['host']),
    urlPattern: `/${(textOf(value['url_pattern']) ?? '').replace(/^\//, '')}`,
    extra: objectOf(value['extra_config']),
  }
}

export function proxyOf(owner: ForeignObject): ForeignObject {
  const extra = objectOf(owner['extra_config'])
  return Object.assign({}, ...proxyNamespaces.map((name) => objectOf(extra[name])))
}

export function isProxyNamespace(name: string): boolean {
  return proxyNamespaces.includes(name)
}

const millisecondsIn: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** `1m30s` in milliseconds (Go's time.ParseDuration); what is none counts as 0, as KrakenD has it. */
export function parseGoDuration(text: unknown): number {
  if (
    typeof text !== 'string' ||
    !/^\+?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/.test(text)
  )
    return 0
  let total = 0
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g))
    total += Number(number) * millisecondsIn[unit!]!
  return total
}
