import { posix } from 'node:path'
import { isConfigName, isPassedOver } from '../../config/file-names.ts'
import type { ServiceFile } from '../../config/service-files.ts'
import type { ConfigTexts } from '../../config/texts.ts'
import { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Example } from '../../diagnostics/pages/page.ts'
import { exampleProject } from '../../diagnostics/pages/project.ts'
import { buildSnapshot } from '../../plan/build.ts'
import { parseYaml } from '../../yaml/parse.ts'

/** All files of an example: the example project's with its own. */
export function filesOfExample(example: Example): ReadonlyMap<string, string> {
  const files = Object.entries({ ...exampleProject, ...example })
  return new Map(files.filter((file): file is [string, string] => file[1] !== null))
}

/** What loading an example says. */
export function checkExample(example: Example): readonly Diagnostic[] {
  return buildSnapshot(textsOf(filesOfExample(example))).diagnostics
}

/** As `readConfig` would read these files, without a disk. */
function textsOf(files: ReadonlyMap<string, string>): ConfigTexts {
  const gateway = { path: 'config/gateway.yaml', text: files.get('config/gateway.yaml')! }
  const value = parseYaml(gateway, {}, new DiagnosticCollector())?.value as { dictionary?: unknown } | null | undefined
  const named = typeof value?.dictionary === 'string' ? value.dictionary : './dictionary.yaml'
  const dictionaryPath = posix.join('config', named)
  const dictionary = files.get(dictionaryPath)
  const within = (folder: string) =>
    [...files].flatMap(([path, text]) => (path.startsWith(folder) && isConfigName(path) ? { path, text } : []))
  return {
    gateway,
    dictionary: dictionary === undefined ? [] : [{ path: dictionaryPath, text: dictionary }],
    services: within('config/services/'),
    serviceFiles: [...files].flatMap(([path, text]) => certificateOf(path, text, files)),
    readAtMs: Date.now(),
    parts: within('parts/'),
    routes: within('routes/'),
    passedOver: [...files.keys()].filter(isPassedOver),
    unreadable: dictionary === undefined ? [{ path: dictionaryPath, reason: 'it does not exist' }] : [],
    env: {},
  }
}

/** One that lies with the services is named by them from there. */
function certificateOf(path: string, text: string, files: ReadonlyMap<string, string>): ServiceFile[] {
  if (!/^config\/services\/[^/]+\.crt$/.test(path)) return []
  const name = `./${posix.basename(path)}`
  const services = [...files.keys()].filter((file) => file.startsWith('config/services/') && isConfigName(file))
  return services.map((by) => ({ by, name, path, text, lack: undefined }))
}
