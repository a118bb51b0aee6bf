import type { ConfigTexts } from '../config/texts.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { Report } from './reports/report.ts'

/** How much a configuration holds, right or wrong. */
export function countParts(texts: ConfigTexts): Report['counts'] {
  const colors = texts.dictionary.flatMap((file) =>
    Object.keys(parseYaml(file, texts.env, new DiagnosticCollector())?.valueAt(['colors']) ?? {}),
  )
  return {
    routes: texts.routes.length,
    services: texts.services.length,
    colors: new Set(colors).size,
  }
}
