import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Place } from '../../harness/scenario.ts'
import { proxyBasics, renderSite } from './site.ts'

/** How nginx answers a page: a Lua file of this folder, given the answers of these calls. */
export interface LuaPage {
  readonly handler: 'home' | 'whole' | 'raw' | 'mosaic'
  /** None for a handler that knows its calls itself. */
  readonly calls: readonly LuaCall[]
  /** What is sent to each service, by the header's name; those of the calls unless they are named. */
  readonly services?: Readonly<Record<string, Sent>>
}

export interface LuaCall {
  /** Member of the page. */
  readonly name: string
  readonly service: string
  readonly path: string
  /** Whether it is sent who asks. */
  readonly knowsUser?: boolean
}

/** nginx's expression of a header, by its name. */
type Sent = Readonly<Record<string, string>>

const luaDirectory = fileURLToPath(new URL('.', import.meta.url))

/** Debian's modules, in the order in which they are loaded; undefined where one is missing. */
export function findLuaModules(): string[] | undefined {
  const modules = ['ndk_http_module', 'ngx_http_lua_module'].map((name) => `/usr/lib/nginx/modules/${name}.so`)
  return modules.every(existsSync) ? modules : undefined
}

export function renderConfig({ handler, calls, services = listServices(calls) }: LuaPage, path: string, place: Place) {
  const told = calls.map(({ name, service, path }) => `{ name = "${name}", uri = "/${service}${path}" }`)
  return renderSite(
    {
      modules: findLuaModules()!,
      http: `lua_package_path "${luaDirectory}?.lua;;";
  init_by_lua_block { require("${handler}").prepare({ ${told.join(', ')} }) }`,
      services: Object.keys(services),
      locations: [
        `    location = ${path} {
      ${sets(services, '$user_id') ? 'set $user_id "";' : ''}
      default_type application/json;
      content_by_lua_block { require("${handler}").answer() }
    }`,
        ...Object.entries(services).map(renderLocation),
      ],
    },
    place,
  )
}

function listServices(calls: readonly LuaCall[]): Record<string, Sent> {
  const services: Record<string, Sent> = {}
  for (const { service, knowsUser } of calls)
    services[service] = { ...services[service], ...(knowsUser && { 'X-User-Id': '$http_x_user_id' }) }
  return services
}

/** Whether a header is a variable that the handler sets. */
function sets(services: Readonly<Record<string, Sent>>, variable: string): boolean {
  return Object.values(services).some((sent) => Object.values(sent).includes(variable))
}

function renderLocation([service, sent]: [string, Sent]): string {
  return `    location /${service}/ {
      internal;
      proxy_pass http://${service}/;
      proxy_pass_request_headers off;
      ${Object.entries(sent)
        .map(([header, value]) => `proxy_set_header ${header} ${value};`)
        .join(' ')}
      ${proxyBasics}
    }`
}
