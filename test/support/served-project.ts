import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterFile } from './cleanup.ts'
import { createProject, projectRoot } from './tessera.ts'

/** Writes a project that is removed when the file's tests have ended; gives its directory. */
export async function writeProject(files: Record<string, string>): Promise<string> {
  const { root, remove } = await createProject({
    'config/gateway.yaml': '{}\n',
    'config/dictionary.yaml': 'colors: {}\n',
    'config/services/.keep': '',
    'routes/.keep': '',
    ...files,
  })
  afterFile(remove)
  return root
}

/** A copy of the demo's configuration that may be changed; gives its directory. */
export async function copyDemoConfig(): Promise<string> {
  const root = await writeProject({})
  for (const name of ['config', 'routes']) await cp(join(projectRoot, name), join(root, name), { recursive: true })
  return root
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000 }

/**
 * The demo's configuration with longer timeouts, for a machine that is slow: four times as long for a call, and ten
 * times for a route, so that a page outlasts the calls of which one comes too late.
 */
export async function copyPatientDemoConfig(): Promise<string> {
  const root = await copyDemoConfig()
  for (const [folder, times] of [['config', 4] as const, ['routes', 10] as const]) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!name.endsWith('.yaml') || name.endsWith('.test.yaml')) continue
      const file = join(root, folder, name)
      const lengthen = (_whole: string, key: string, count: string, unit: string) =>
        `${key}${Number(count) * unitMs[unit]! * times}ms`
      await writeFile(file, (await readFile(file, 'utf8')).replace(/(\btimeout: )(\d+)(ms|s)\b/g, lengthen))
    }
  }
  return root
}
