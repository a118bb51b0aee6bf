import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigTexts } from '../../src/config/texts.ts'
import type { Draft } from '../../src/interchange/draft.ts'
import { printDictionary } from '../../src/interchange/print-draft.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { printYaml } from '../../src/yaml/print.ts'
import { createDirectory, opened } from './cleanup.ts'
import { startIn, writeFiles } from './gateway.ts'
import { describeDiagnostic, projectTexts } from './project.ts'
import { startHttpServer } from './servers.ts'

/** The files of a draft, as a project of its own. */
export function filesOf(draft: Draft): Record<string, string> {
  return {
    gateway: printYaml(draft.gateway),
    dictionary: printDictionary(draft.colors),
    ...Object.fromEntries(draft.services.map(({ name, text }) => [`services/${name}`, text])),
    ...Object.fromEntries(draft.routes.map(({ name, text }) => [`routes/${name}`, text])),
  }
}

export function textsOf(draft: Draft): ConfigTexts {
  return projectTexts(filesOf(draft))
}

/** Everything that loading finds wrong with a draft, hints aside. */
export function faultsOf(draft: Draft): string[] {
  const { diagnostics } = buildSnapshot(textsOf(draft))
  return diagnostics.filter(({ severity }) => severity !== 'hint').map(describeDiagnostic)
}

export interface Served {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly text: string
}

/** Serves a draft by a real gateway; gives a function that asks it. */
export async function serve(draft: Draft): Promise<(path: string, options?: RequestInit) => Promise<Served>> {
  const directory = createDirectory()
  for (const folder of ['config/services', 'routes']) mkdirSync(join(directory, folder), { recursive: true })
  writeFiles(directory, filesOf(draft))
  const { gateway } = await startIn(directory)
  // A listener of our own: the gateway's takes a second to drain.
  const { url: origin } = await opened(startHttpServer((request, response) => gateway.handler(request, response)))
  return async (path, options) => {
    const response = await fetch(origin + path, options)
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }
}
