import type { Environment } from '../environment.ts'
import type { SourceText } from '../yaml/source.ts'
import type { ExtensionModule } from './extensions/extension-module.ts'
import type { Unreadable } from './file-reader.ts'
import type { ServiceFile } from './service-files.ts'
import type { TlsFile } from './tls-files.ts'

/** Every text that a snapshot is made of. `buildSnapshot` is a function of this and nothing else. */
export interface ConfigTexts {
  readonly gateway: SourceText
  /** What the gateway's file includes: more of it. */
  readonly included?: readonly SourceText[]
  /** The files of the dictionary: none, one, or all of its directory. */
  readonly dictionary: readonly SourceText[]
  readonly services: readonly SourceText[]
  readonly routes: readonly SourceText[]
  readonly parts?: readonly SourceText[]
  /** What schemes of `auth` are made of: keys, by the scheme. */
  readonly schemeFiles?: readonly NamedText[]
  /** What services name: certificates, keys, definitions. */
  readonly serviceFiles?: readonly ServiceFile[]
  /** What listeners speak TLS with. */
  readonly tlsFiles?: readonly TlsFile[]
  /** When they were read, in milliseconds since the epoch: certificates end. */
  readonly readAtMs?: number
  /** Modules that the gateway's file names, and what was given beside it. */
  readonly extensions?: readonly ExtensionModule[]
  /** Files and directories that could not be read, with why. */
  readonly unreadable: readonly Unreadable[]
  /** Files beside those of routes and services that look like one and are none by their names. */
  readonly passedOver?: readonly string[]
  readonly env: Environment
}

/** A file, and who names it. */
export interface NamedText extends SourceText {
  readonly scheme: string
}

/** Every text of it but the routes': what all of them stand on. */
export function sharedFilesOf(texts: ConfigTexts): SourceText[] {
  const { gateway, included = [], dictionary, services, parts = [] } = texts
  const { schemeFiles = [], serviceFiles = [] } = texts
  return [gateway, ...included, ...dictionary, ...services, ...parts, ...schemeFiles, ...serviceFiles]
}

/** Every text of it, modules too. */
export function filesOf(texts: ConfigTexts): SourceText[] {
  const { routes, extensions = [] } = texts
  return [...sharedFilesOf(texts), ...routes, ...extensions.flatMap(({ file = [] }) => file)]
}
