import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../../harness/requirements.ts'
import type { Page, Variant } from '../../harness/scenario.ts'
import { findLuaModules, type LuaPage, renderConfig } from './config.ts'

interface NginxPeer extends LuaPage {
  readonly name: string
  readonly title: string
  readonly page: Page
}

/** nginx with the Lua module: one worker beside its master, both on the server's core. */
export function nginxPeer({ name, title, page, handler, calls }: NginxPeer): Variant {
  return {
    name,
    title,
    page,
    findObstacle,
    launch(place) {
      const file = join(place.directory, 'nginx.conf')
      writeFileSync(file, renderConfig({ handler, calls }, page.path.split('?', 1)[0]!, place))
      return { program: findProgram('nginx')!, args: ['-c', file, '-e', 'stderr'] }
    },
  }
}

function findObstacle(): string | undefined {
  if (findProgram('nginx') === undefined) return 'nginx is not installed (--install brings it)'
  if (findLuaModules() === undefined) return 'nginx has no Lua module (--install brings it)'
  return undefined
}
