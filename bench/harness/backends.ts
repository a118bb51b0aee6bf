import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'
import { findFreePorts, waitFor } from './ports.ts'
import { findProgram } from './requirements.ts'
import type { Bodies } from './scenario.ts'
import { type SpanSink, startSpanSink } from './span-sink.ts'

/** Backends that answer fixed JSON, one a service. */
export interface Backends {
  /** What serves them, with its version. */
  readonly kind: string
  /** `BENCH_RECO_URL: http://127.0.0.1:…`, for the servers under test. */
  readonly urls: Record<string, string>
  readonly pid: number
  /** A collector of spans, for the servers that send them. */
  readonly spans: SpanSink
  stop(): Promise<void>
}

const staticServer = fileURLToPath(new URL('static-server.ts', import.meta.url))

export interface BackendsOptions {
  /** Services besides, that answer 503 to everything. */
  readonly failing?: readonly string[] | undefined
  /** A Node server even where nginx is installed. */
  readonly plain?: boolean
}

/** Starts nginx if it is installed, else a Node server. */
export async function startBackends(
  bodies: Bodies,
  { failing = [], plain = false }: BackendsOptions = {},
): Promise<Backends> {
  const root = await mkdtemp(join(tmpdir(), 'tessera-bench-'))
  const services = [...Object.keys(bodies), ...failing]
  const ports = await findFreePorts(services.length)
  for (const [service, answers] of Object.entries(bodies)) {
    for (const [path, body] of Object.entries(answers)) {
      await mkdir(dirname(join(root, service, path)), { recursive: true })
      await writeFile(join(root, service, path), JSON.stringify(body))
    }
  }
  const sites = services.map(
    (service, index): Site => ({
      port: ports[index]!,
      directory: service in bodies ? join(root, service) : undefined,
      readsQuery: Object.keys(bodies[service] ?? {}).some((path) => path.includes('?')),
    }),
  )
  const nginx = plain ? undefined : findProgram('nginx')
  const child = nginx ? await startNginx(nginx, root, sites) : startNode(sites)
  const giveUp = () => (child.hasEnded() ? `the backends have ended: ${child.complaints()}` : undefined)
  await Promise.all(sites.map(({ port }) => waitFor(() => fetch(`http://127.0.0.1:${port}/`), giveUp)))
  const spans = await startSpanSink()
  return {
    kind: nginx ? readNginxVersion(nginx) : 'a Node server (nginx is not installed)',
    urls: Object.fromEntries(
      services.map((service, index) => [`BENCH_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[index]}`]),
    ),
    pid: child.pid,
    spans,
    async stop() {
      await Promise.all([child.stop(), spans.stop()])
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** One backend; without a directory it answers 503. */
interface Site {
  readonly port: number
  readonly directory: string | undefined
  /** Whether a file's name may end with a query. */
  readonly readsQuery: boolean
}

async function startNginx(nginx: string, root: string, sites: readonly Site[]): Promise<Child> {
  const config = join(root, 'nginx.conf')
  await writeFile(config, renderNginxConfig(root, sites))
  return startChild(nginx, ['-c', config, '-e', 'stderr'])
}

/** One process. Connections are kept for good: what is measured is the server in front, not nginx closing them. */
function renderNginxConfig(root: string, sites: readonly Site[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
master_process off;
pid ${root}/nginx.pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/json;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1h;
  tcp_nodelay on;
${temporary.map((name) => `  ${name}_temp_path ${root}/temporary;`).join('\n')}
${sites.map(renderNginxSite).join('\n')}
}
`
}

function renderNginxSite({ port, directory, readsQuery }: Site): string {
  const answer = directory === undefined ? 'return 503;' : `root ${directory};`
  const byQuery = readsQuery ? ' location / { try_files $uri?$args $uri =404; }' : ''
  return `  server { listen 127.0.0.1:${port}; ${answer}${byQuery} }`
}

function startNode(sites: readonly Site[]): Child {
  return startChild(process.execPath, [
    staticServer,
    ...sites.map(({ port, directory = '' }) => `${port}=${directory}`),
  ])
}

/** nginx says its version on standard error. */
function readNginxVersion(nginx: string): string {
  return execFileSync('/bin/sh', ['-c', '"$0" -v 2>&1', nginx], { encoding: 'utf8' }).trim().replace(/^.*: /, '')
}
