import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Place } from '../../harness/scenario.ts'

/** An endpoint as KrakenD is told it, and what it makes of the bodies, which may be less than the page. */
export interface KrakendEndpoint {
  readonly page: Page
  /** Of the client's request: what every backend is sent. */
  readonly inputHeaders: readonly string[]
  readonly inputQuery: readonly string[]
  readonly backends: readonly KrakendBackend[]
  /** One call after the other, for those that need what another gave. */
  readonly isSequential?: boolean
}

export interface KrakendBackend {
  readonly service: string
  /** Path and query. */
  readonly url: string
  /** What is kept of the body, and under which names. */
  readonly rest: object
}

/** Lura knows its own settings by this name only. */
const proxyNamespace = 'github.com/devopsfaith/krakend/proxy'

export function writeConfig(
  { page, inputHeaders, inputQuery, backends, isSequential = false }: KrakendEndpoint,
  { port, directory, urls }: Place,
): string {
  const config = {
    version: 3,
    port,
    listen_ip: '127.0.0.1',
    timeout: '800ms',
    max_idle_connections_per_host: 250,
    disable_compression: true,
    extra_config: {
      router: { disable_access_log: true },
      'telemetry/logging': { level: 'CRITICAL', prefix: '', stdout: false, syslog: false },
    },
    endpoints: [
      {
        endpoint: page.path.split('?', 1)[0],
        method: 'GET',
        input_query_strings: inputQuery,
        input_headers: inputHeaders,
        ...(isSequential && { extra_config: { [proxyNamespace]: { sequential: true } } }),
        backend: backends.map(({ service, url, rest }) => ({
          host: [urls[`BENCH_${service.toUpperCase()}_URL`]],
          url_pattern: url,
          ...rest,
        })),
      },
    ],
  }
  const file = join(directory, 'krakend.json')
  writeFileSync(file, JSON.stringify(config))
  return file
}
