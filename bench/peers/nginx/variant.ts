import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../../harness/requirements.ts'
import type { Page, Place, Variant } from '../../harness/scenario.ts'
import { findLuaModules, type LuaPage, renderConfig } from './config.ts'
import { proxyBasics, renderSite, type Site } from './site.ts'

interface Peer {
  readonly name: string
  readonly title: string
  readonly page: Page
}

/** nginx with the Lua module: one worker beside its master, both on the server's core. */
export function nginxPeer({ name, title, page, ...lua }: Peer & LuaPage): Variant {
  const path = page.path.split('?', 1)[0]!
  return describeNginx({ name, title, page }, (place) => renderConfig(lua, path, place), findLuaObstacle)
}

/** nginx that passes everything below a path on to a service. */
export function nginxProxy({
  name,
  title,
  page,
  prefix,
  service,
}: Peer & { prefix: string; service: string }): Variant {
  const location = `    location ${prefix} {
      proxy_pass http://${service};
      ${proxyBasics}
    }`
  const site: Site = { services: [service], locations: [location] }
  return describeNginx({ name, title, page }, (place) => renderSite(site, place), findObstacle)
}

function describeNginx(peer: Peer, render: (place: Place) => string, findObstacle: () => string | undefined): Variant {
  return {
    ...peer,
    findObstacle,
    launch(place) {
      const file = join(place.directory, 'nginx.conf')
      writeFileSync(file, render(place))
      return { program: findProgram('nginx')!, args: ['-c', file, '-e', 'stderr'] }
    },
  }
}

function findObstacle(): string | undefined {
  return findProgram('nginx') === undefined ? 'nginx is not installed (--install brings it)' : undefined
}

function findLuaObstacle(): string | undefined {
  if (findLuaModules() === undefined) return 'nginx has no Lua module (--install brings it)'
  return findObstacle()
}
