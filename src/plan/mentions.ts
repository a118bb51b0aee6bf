import type { Mention } from '../binding/color.ts'
import { readService } from '../config/service.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Environment } from '../environment.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { SourceText } from '../yaml/source.ts'
import { bindCatalogue } from './catalogue.ts'
import { readRoute } from './route-unit.ts'
import { runToEnd } from './work.ts'
import { languageOf, type World } from './world.ts'

export type { Mention }

/**
 * Every name of the world that a route's file uses, where binding finds it: whatever else looks for uses would have to
 * know every construct. Only for whoever asks; what runs is built without it.
 */
export function mentionsInRoute(file: SourceText, env: Environment, world: World): Mention[] {
  return gather((mention) => runToEnd(readRoute(file, env, world, mention)))
}

/** The same, of a service's file. */
export function mentionsInService(file: SourceText, env: Environment, world: World): Mention[] {
  const { dictionary, settings, defaults, registry } = world
  if (!dictionary) return []
  const ignored = new DiagnosticCollector()
  const source = parseYaml(file, env, ignored)
  const service = source && readService(source, registry.serviceShape, ignored)
  if (!service) return []
  return gather((mention) =>
    runToEnd(
      bindCatalogue([service], defaults, registry.policies, languageOf(dictionary, settings, env, ignored, mention)),
    ),
  )
}

/** Each place once, found: one that is looked up later would need its file's tree again. */
function gather(bind: (mention: (mention: Mention) => void) => unknown): Mention[] {
  const found = new Map<string, Mention>()
  bind((mention) => {
    const { file, line, column, endLine, endColumn } = mention.at
    const at: Location = { file, line, column, endLine, endColumn }
    const name = mention.kind === 'namespace' ? '' : mention.name
    found.set(`${mention.kind} ${name} ${line}:${column} ${file}`, { ...mention, at })
  })
  return [...found.values()]
}
