import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'
import { findFreePorts, waitFor } from './ports.ts'
import { findProgram } from './requirements.ts'

/** Backends that answer fixed JSON, one a service. */
export interface Backends {
  /** What serves them, with its version. */
  readonly kind: string
  /** `BENCH_RECO_URL: http://127.0.0.1:…`, for the servers under test. */
  readonly urls: Record<string, string>
  readonly pid: number
  stop(): Promise<void>
}

const staticServer = fileURLToPath(new URL('static-server.ts', import.meta.url))

/** Starts nginx if it is installed, else a Node server. `bodies`: by service, then by path. */
export async function startBackends(bodies: Record<string, Record<string, unknown>>): Promise<Backends> {
  const root = await mkdtemp(join(tmpdir(), 'tessera-bench-'))
  const services = Object.keys(bodies)
  const ports = await findFreePorts(services.length)
  for (const [service, answers] of Object.entries(bodies)) {
    for (const [path, body] of Object.entries(answers)) {
      await mkdir(dirname(join(root, service, path)), { recursive: true })
      await writeFile(join(root, service, path), JSON.stringify(body))
    }
  }
  const nginx = findProgram('nginx')
  const child = nginx ? await startNginx(nginx, root, services, ports) : startNode(root, services, ports)
  for (const [index, service] of services.entries()) {
    const path = Object.keys(bodies[service]!)[0]!
    await waitFor(
      async () => (await fetch(`http://127.0.0.1:${ports[index]}${path}`)).ok || undefined,
      () => (child.hasEnded() ? `the backends have ended: ${child.complaints()}` : undefined),
    )
  }
  return {
    kind: nginx ? readNginxVersion(nginx) : `a Node server (nginx is not installed)`,
    urls: Object.fromEntries(
      services.map((service, index) => [`BENCH_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[index]}`]),
    ),
    pid: child.pid,
    async stop() {
      await child.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function startNginx(nginx: string, root: string, services: string[], ports: number[]): Promise<Child> {
  const config = join(root, 'nginx.conf')
  await writeFile(config, renderNginxConfig(root, services, ports))
  return startChild(nginx, ['-c', config, '-e', 'stderr'])
}

/** One process. Connections are kept for good: what is measured is the server in front, not nginx closing them. */
function renderNginxConfig(root: string, services: string[], ports: number[]): string {
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
${services.map((service, index) => `  server { listen 127.0.0.1:${ports[index]}; root ${root}/${service}; }`).join('\n')}
}
`
}

function startNode(root: string, services: string[], ports: number[]): Child {
  const places = services.map((service, index) => `${ports[index]}=${join(root, service)}`)
  return startChild(process.execPath, [staticServer, ...places])
}

/** nginx says its version on standard error. */
function readNginxVersion(nginx: string): string {
  return execFileSync('/bin/sh', ['-c', '"$0" -v 2>&1', nginx], { encoding: 'utf8' }).trim().replace(/^.*: /, '')
}
