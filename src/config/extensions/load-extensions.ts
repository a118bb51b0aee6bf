import { dirname, resolve } from 'node:path'
import type { SourceText } from '../../yaml/source.ts'
import { type ExtensionModule, faultOfExtensionPath } from './extension-module.ts'
import { findModules } from './find-modules.ts'
import { loadModule } from './load-module.ts'

/** Reads texts, and keeps which could not be read. */
export interface TextReader {
  read(path: string, isNeeded: boolean): Promise<SourceText | undefined>
  note(path: string, error: unknown, isNeeded: boolean): void
}

export interface LoadedExtensions {
  readonly modules: readonly ExtensionModule[]
  /** Where they lie. */
  readonly directories: readonly string[]
}

/**
 * Loads every module of these paths below `home`. One that ran `before` is not run again, whatever its text is by now.
 * @param runs false: they are only named
 */
export async function loadExtensions(
  paths: readonly string[],
  home: string,
  reader: TextReader,
  before: readonly ExtensionModule[],
  runs: boolean,
): Promise<LoadedExtensions> {
  const modules: ExtensionModule[] = []
  const directories = new Set<string>()
  for (const path of paths) {
    // The plan tells of it, at its place.
    if (faultOfExtensionPath(path) !== undefined) continue
    try {
      const files = await findModules(path, home)
      if (files.length === 0) directories.add(resolve(home, path))
      for (const location of files) {
        directories.add(dirname(location))
        const file = await reader.read(location, true)
        if (file && !modules.some((module) => module.file?.path === file.path))
          modules.push(await load(file, location, before, runs))
      }
    } catch (error) {
      directories.add(resolve(home, path))
      reader.note(resolve(home, path), error, true)
    }
  }
  return { modules, directories: [...directories] }
}

async function load(file: SourceText, location: string, before: readonly ExtensionModule[], runs: boolean) {
  if (!runs) return { file, definitions: [], fault: undefined, state: 'skipped' as const }
  const ran = before.find((module) => module.file?.path === file.path && !module.fault)
  if (!ran) return loadModule(file, location)
  const state = ran.file!.text === file.text ? 'loaded' : 'outdated'
  return ran.state === state ? ran : { ...ran, state: state as ExtensionModule['state'] }
}
