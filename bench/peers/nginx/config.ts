import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Place } from '../../harness/scenario.ts'

/** How nginx answers a page: a Lua file of this folder, given the answers of these calls. */
export interface LuaPage {
  readonly handler: 'home' | 'whole' | 'raw'
  readonly calls: readonly LuaCall[]
}

export interface LuaCall {
  /** Member of the page. */
  readonly name: string
  readonly service: string
  readonly path: string
  /** Whether it is sent who asks. */
  readonly knowsUser?: boolean
}

const luaDirectory = fileURLToPath(new URL('.', import.meta.url))

/** Debian's modules, in the order in which they are loaded; undefined where one is missing. */
export function findLuaModules(): string[] | undefined {
  const modules = ['ndk_http_module', 'ngx_http_lua_module'].map((name) => `/usr/lib/nginx/modules/${name}.so`)
  return modules.every(existsSync) ? modules : undefined
}

/** Connections are kept for good on both sides, nothing is logged, answers are held in memory. */
export function renderConfig({ handler, calls }: LuaPage, path: string, { port, directory, urls }: Place): string {
  const services = [...new Set(calls.map(({ service }) => service))]
  const address = (service: string) => urls[`BENCH_${service.toUpperCase()}_URL`]!.replace('http://', '')
  const told = calls.map(({ name, service, path }) => `{ name = "${name}", uri = "/${service}${path}" }`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${findLuaModules()!
    .map((module) => `load_module ${module};`)
    .join('\n')}
${process.getuid?.() === 0 ? 'user root root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  tcp_nodelay on;
${temporary.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n')}
  lua_package_path "${luaDirectory}?.lua;;";
  init_by_lua_block { require("${handler}").prepare({ ${told.join(', ')} }) }
${services.map((service) => renderUpstream(service, address(service))).join('\n')}
  server {
    listen 127.0.0.1:${port};
    location = ${path} {
      default_type application/json;
      content_by_lua_block { require("${handler}").answer() }
    }
${services.map((service) => renderLocation(service, calls)).join('\n')}
  }
}
`
}

function renderUpstream(service: string, address: string): string {
  return `  upstream ${service} {
    server ${address};
    keepalive 64;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }`
}

function renderLocation(service: string, calls: readonly LuaCall[]): string {
  const knowsUser = calls.some((call) => call.service === service && call.knowsUser)
  return `    location /${service}/ {
      internal;
      proxy_pass http://${service}/;
      proxy_http_version 1.1;
      proxy_pass_request_headers off;
      proxy_set_header Connection "";
      ${knowsUser ? 'proxy_set_header X-User-Id $http_x_user_id;' : ''}
      proxy_buffers 16 64k;
      proxy_buffer_size 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
    }`
}
