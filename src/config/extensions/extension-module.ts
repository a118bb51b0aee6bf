import { type Definition, definitionOf } from '../../definition.ts'
import type { SourceText } from '../../yaml/source.ts'

/** A module of extensions, loaded. `buildSnapshot` is given it as it is given texts. */
export interface ExtensionModule {
  /** Undefined where the definitions came as objects, by `createGateway`. The text is the one that was loaded. */
  readonly file: SourceText | undefined
  readonly definitions: readonly Definition[]
  /** Why it gives none. */
  readonly fault: ModuleFault | undefined
  /**
   * `outdated`: the file has another text by now, and what was loaded stays, as a module cannot be unloaded.
   * `skipped`: nobody wanted it to run.
   */
  readonly state: 'loaded' | 'outdated' | 'skipped'
}

export interface ModuleFault {
  readonly message: string
  readonly help: string
  /** From 1 on, in the module's file. */
  readonly line: number
  readonly column: number
}

/** Whether the same came of both. */
export function isSameModule(a: ExtensionModule, b: ExtensionModule): boolean {
  return (
    a === b ||
    (a.file?.path === b.file?.path &&
      a.file?.text === b.file?.text &&
      a.state === b.state &&
      a.fault?.message === b.fault?.message &&
      a.definitions.length === b.definitions.length &&
      a.definitions.every((definition, index) => definition === b.definitions[index]))
  )
}

/** What a snapshot's version is made of: text that was loaded; of objects no more than what they are can be told. */
export function nameModule({ file, definitions }: ExtensionModule): string {
  if (file) return `${file.path} ${file.text}`
  return definitions.map((definition) => `${definition[definitionOf]} ${nameOf(definition)}`).join(' ')
}

function nameOf(definition: Definition): string {
  const { name, kind } = definition as { name?: unknown; kind?: unknown }
  return String(name ?? kind)
}

/** Why a path of `extensions:` is none; undefined for one below the gateway's file. */
export function faultOfExtensionPath(path: string): string | undefined {
  if (/^[a-z][a-z\d+.-]+:/i.test(path)) return `\`${path}\` is a URL`
  if (/^[/\\]/.test(path)) return `\`${path}\` is an absolute path`
  let depth = 0
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return `\`${path}\` leads out of the directory of the gateway's file`
  }
  return undefined
}
