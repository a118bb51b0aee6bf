import type { ConfigTexts } from '../config/read.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { Report } from './reports/report.ts'

/** How much a configuration holds, right or wrong. */
export function countParts(texts: ConfigTexts): Report['counts'] {
  const dictionary = texts.dictionary && parseYaml(texts.dictionary, texts.env, new DiagnosticCollector())
  const colors = dictionary?.valueAt(['colors'])
  return {
    routes: texts.routes.length,
    services: texts.services.length,
    colors: typeof colors === 'object' && colors !== null ? Object.keys(colors).length : 0,
  }
}
