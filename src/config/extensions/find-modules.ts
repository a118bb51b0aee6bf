import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'

/** The files of a path of `extensions:`: itself, or the modules that lie in it. */
export async function findModules(path: string, home: string): Promise<string[]> {
  const place = resolve(home, path)
  const files = (await stat(place)).isDirectory()
    ? (await readdir(place))
        .filter(isModule)
        .sort()
        .map((name) => join(place, name))
    : [place]
  const root = await realpath(home)
  return Promise.all(files.map((file) => requireInside(file, root)))
}

/** Other modules, what only helps them aside: that lies in folders of its own. */
function isModule(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name) && !/(^\.|\.d\.[cm]?ts$|\.test\.[cm]?[jt]s$)/.test(name)
}

/** A link may lead anywhere. */
async function requireInside(file: string, root: string): Promise<string> {
  const real = await realpath(file)
  if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new Error('it is a link that leads out of the directory of the gateway’s file')
}
