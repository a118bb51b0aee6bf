import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { type Definition, isDefinition, printThrown } from '../../definition.ts'
import type { SourceText } from '../../yaml/source.ts'
import type { ExtensionModule } from './extension-module.ts'
import { placeOfThrown } from './place-of-thrown.ts'
import { resolveOwnName } from './resolve-own-name.ts'

const mostLoadMs = 10_000

/** Runs a module of extensions, and collects what it exports. What is wrong with it is told, not thrown. */
export async function loadModule(file: SourceText, path: string): Promise<ExtensionModule> {
  const url = pathToFileURL(path)
  // Node keeps a module for ever, also one that failed: another text is another module.
  url.search = createHash('sha256').update(file.text).digest('hex').slice(0, 12)
  resolveOwnName()
  try {
    const exported = Object.values(await inTime(import(url.href) as Promise<Record<string, unknown>>)).flat()
    const definitions = [...new Set(exported.filter(isDefinition))]
    return { file, definitions, fault: definitions.length > 0 ? undefined : nothingKnown, state: 'loaded' }
  } catch (thrown) {
    return { file, definitions: [], fault: describeThrown(thrown, file, path), state: 'loaded' }
  }
}

/** A module whose `await` at its top never ends would hold up this reload, and all after it. */
async function inTime<Result>(loading: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`it is not loaded after ${mostLoadMs / 1000} s`)), mostLoadMs)
  try {
    return await Promise.race([loading, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What was given as objects. */
export function takeDefinitions(definitions: readonly Definition[]): ExtensionModule {
  return { file: undefined, definitions: [...new Set(definitions)], fault: undefined, state: 'loaded' }
}

const nothingKnown = {
  message: 'it exports nothing that a gateway knows',
  help: 'export what `defineStep`, `definePolicy`, `defineOperator`, `defineFunction`, `defineBalancer` or `defineDiscovery` give',
  line: 1,
  column: 1,
}

function describeThrown(thrown: unknown, file: SourceText, path: string) {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? ''
  const help =
    thrown instanceof SyntaxError || code.includes('TYPESCRIPT')
      ? 'a module is JavaScript, or TypeScript of which only types have to be taken away'
      : code === 'ERR_MODULE_NOT_FOUND'
        ? 'install it beside the configuration, or name it by its path; the gateway itself is `tessera`'
        : 'it is run when the configuration is loaded'
  return { message: printThrown(thrown), help, ...placeOfThrown(thrown, file.text, path) }
}
