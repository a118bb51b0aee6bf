import { cp } from 'node:fs/promises'
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
