import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConfigSource, Page, Place, Variant } from './scenario.ts'

const main = fileURLToPath(new URL('../../tessera.js', import.meta.url))
/** As `npm start` and the image start it. */
export const nodeFlags = ['--max-semi-space-size=8', '--heap-growing-percent=50']
/** As the image has it. */
export const environment = { MALLOC_ARENA_MAX: '2' }

interface Changes {
  readonly name?: string
  readonly title?: string
  readonly sendsSpans?: boolean
  readonly env?: (place: Place) => Record<string, string>
}

/** Tessera in production form: `serve` with its default flags, so with an access log, metrics and a watch on its files. */
export function tessera(config: ConfigSource, page: Page, changes: Changes = {}): Variant {
  const { name = 'tessera', title = 'Tessera', sendsSpans = false, env } = changes
  return {
    name,
    title,
    page,
    config,
    sendsSpans,
    launch: (place) => ({
      program: process.execPath,
      args: [
        ...nodeFlags,
        place.main ?? main,
        ...['serve', '--config', locateConfig(config, place.directory)],
        ...['--port', String(place.port), '--admin-port', '0'],
      ],
      env: { ...environment, ...env?.(place) },
    }),
  }
}

/** The gateway's file; one that is made, is made in `directory`. */
export function locateConfig(config: ConfigSource, directory: string): string {
  if (typeof config === 'string') return config
  for (const [path, text] of Object.entries(config())) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  return join(directory, 'gateway.yaml')
}
