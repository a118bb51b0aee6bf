import { fileURLToPath } from 'node:url'
import type { Page, Place, Variant } from '../harness/scenario.ts'

interface NodePeer {
  /** In this folder. */
  readonly file: string
  readonly name: string
  readonly title: string
  readonly page: Page
  /** A module that is loaded before the file. */
  readonly preload?: string
  readonly sendsSpans?: boolean
  readonly env?: (place: Place) => Record<string, string>
}

/** A peer that the gateway's own Node runs. */
export function nodePeer({ file, name, title, page, preload, sendsSpans = false, env }: NodePeer): Variant {
  const before = preload === undefined ? [] : ['--import', locate(preload)]
  return {
    name,
    title,
    page,
    sendsSpans,
    launch: (place) => ({
      program: process.execPath,
      args: [...before, locate(file)],
      ...(env && { env: env(place) }),
    }),
  }
}

function locate(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
