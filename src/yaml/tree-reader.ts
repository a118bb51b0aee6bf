import type { Alias, Document, Node, Scalar, YAMLMap } from 'yaml'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Environment, EnvText, namesVariable, readVariables } from '../environment.ts'
import { loadYaml } from './library.ts'
import { isMergeKey, mergedNodes } from './merge-key.ts'
import { nameOfKey } from './name-of-key.ts'
import { type Path, pathKey, type Source } from './source.ts'
import { unsafeKeys } from './unsafe-keys.ts'

const keyHelp = 'its value is data: it can stand in values only'
const tagHelp = 'a value is what it is without one; a variable is written ${env.NAME}'
const yamlTag = 'tag:yaml.org,2002:'
/** What a tag of YAML itself promises of a scalar. */
const tagged: Readonly<Record<string, (value: unknown) => boolean>> = {
  str: (value) => typeof value === 'string',
  int: (value) => typeof value === 'number',
  float: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}
const maxAliases = 100
/** Values that aliases repeat, all together: a few of a large one are as bad as many. */
const maxRepeated = 100_000

/** Reads the plain values of a syntax tree; all that is wrong with them is reported, and null. */
export class TreeReader {
  readonly #document: Document.Parsed
  readonly #source: Source
  readonly #env: Environment
  readonly #diagnostics: DiagnosticCollector
  readonly #yaml = loadYaml()
  /** The numbers, and true and false, that print otherwise than they are written. */
  written = new Map<string, string>()
  #aliases = 0
  #aliasDepth = 0
  #repeated = 0
  /** By name, the anchored value that was read last. */
  readonly #anchored = new Map<string, Node>()

  /** `source` knows where things stand; its own value does not matter. */
  constructor(document: Document.Parsed, source: Source, env: Environment, diagnostics: DiagnosticCollector) {
    this.#document = document
    this.#source = source
    this.#env = env
    this.#diagnostics = diagnostics
  }

  read(): unknown {
    return this.#value(this.#document.contents, [])
  }

  #value(node: Node | null, path: Path): unknown {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml
    if (isAlias(node)) return this.#alias(node, path)
    if (node?.anchor !== undefined && this.#aliasDepth === 0) this.#anchored.set(node.anchor, node)
    if (this.#aliasDepth > 0 && this.#isTooMuch(path)) return null
    if (node?.tag !== undefined && !this.#hasMeaning(node)) {
      const tag = node.tag.replace(yamlTag, '!!')
      this.#diagnostics.add('yaml-syntax', `the tag \`${tag}\` means nothing here`, this.#source.locate(path), tagHelp)
      return null
    }
    if (isMap(node)) return this.#mapping(node, path)
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item as Node | null, [...path, index]))
    return isScalar(node) ? this.#scalar(node, path) : null
  }

  /** Whether the tag of a value says what it is anyway. */
  #hasMeaning(node: Node): boolean {
    const { isMap, isScalar, isSeq } = this.#yaml
    if (node.tag === '!') return true
    if (!node.tag?.startsWith(yamlTag)) return false
    const name = node.tag.slice(yamlTag.length)
    if (isScalar(node)) return tagged[name]?.(node.value) ?? false
    return (name === 'map' && isMap(node)) || (name === 'seq' && isSeq(node))
  }

  #alias(node: Alias, path: Path): unknown {
    this.#aliases += 1
    if (this.#aliases > maxAliases) {
      if (this.#aliases === maxAliases + 1)
        this.#diagnostics.add('yaml-syntax', `more than ${maxAliases} aliases`, this.#source.locate(path))
      return null
    }
    const anchored = this.#anchored.get(node.source)
    if (!anchored) {
      this.#diagnostics.add('yaml-syntax', `nothing is anchored as \`${node.source}\``, this.#source.locate(path))
      return null
    }
    this.#aliasDepth += 1
    const value = this.#value(anchored, path)
    this.#aliasDepth -= 1
    return value
  }

  #isTooMuch(path: Path): boolean {
    this.#repeated += 1
    if (this.#repeated === maxRepeated + 1)
      this.#diagnostics.add('yaml-syntax', `aliases repeat more than ${maxRepeated} values`, this.#source.locate(path))
    return this.#repeated > maxRepeated
  }

  #mapping(node: YAMLMap, path: Path): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    const merges = node.items.filter(({ key }) => isMergeKey(key))
    for (const { key, value } of node.items) {
      if (isMergeKey(key) && key === merges[0]!.key) continue
      if (!this.#yaml.isScalar(key)) {
        const [start, end] = (key as Node | null)?.range ?? [0, 1]
        this.#diagnostics.add('invalid-value', 'a key is text', this.#source.locateRange(start, end))
        continue
      }
      const name = nameOfKey(key)
      const here = [...path, name]
      if (unsafeKeys.has(name)) {
        const at = this.#source.locateKey(here)
        this.#diagnostics.add('unsafe-key', `\`${name}\` is not allowed as a key`, at)
      } else if (Object.hasOwn(object, name) || isMergeKey(key)) {
        const at = this.#source.locateRange(key.range?.[0] ?? 0, key.range?.[1] ?? 1)
        this.#diagnostics.add('duplicate-key', `\`${name}\` stands here twice`, at)
      } else if (namesVariable(name)) {
        const at = this.#source.locateKey(here)
        this.#diagnostics.add('invalid-value', `a key names no variables and files, \`${name}\` does`, at, keyHelp)
      } else object[name] = this.#value(value as Node | null, here)
    }
    if (merges[0]) this.#merge(object, merges[0].value as Node | null, [...path, '<<'])
    return object
  }

  /** Own keys win, then those of the first that has them. */
  #merge(object: Record<string, unknown>, node: Node | null, path: Path): void {
    for (const one of mergedNodes(node, this.#yaml.isSeq)) {
      const around = this.written
      this.written = new Map()
      const value = this.#value(one, path)
      const inside = this.written
      this.written = around
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof EnvText) {
        // What is anchored nowhere is told already.
        if (!(this.#yaml.isAlias(one) && !this.#anchored.has(one.source)))
          this.#diagnostics.add('invalid-value', 'only mappings can be merged', this.#source.locate(path))
        continue
      }
      const taken = new Set(Object.keys(value).filter((key) => !Object.hasOwn(object, key)))
      for (const key of taken) object[key] = (value as Record<string, unknown>)[key]
      this.#keepWritten(inside, path, taken)
    }
  }

  /** What is merged is written where it is merged into as it is where it comes from. */
  #keepWritten(inside: ReadonlyMap<string, string>, path: Path, taken: ReadonlySet<string>): void {
    const home = path.slice(0, -1)
    for (const [key, text] of inside) {
      const rest = key.slice(pathKey(path).length + 1)
      if (taken.has(rest.split('\0', 1)[0]!)) this.written.set(pathKey([...home, rest]), text)
    }
  }

  #scalar({ value, source }: Scalar, path: Path): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#diagnostics.add('invalid-value', 'a number must be finite', this.#source.locate(path))
      return null
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      const help = 'write it as text, in quotes, or in a template as CEL'
      const at = this.#source.locate(path)
      this.#diagnostics.add('invalid-value', 'a whole number beyond 2^53 would become another', at, help)
      return null
    }
    if (typeof value === 'string') return this.#text(value, path)
    if (source !== undefined && value !== null && String(value) !== source) this.written.set(pathKey(path), source)
    return value
  }

  #text(text: string, path: Path): unknown {
    let isWhole = true
    const found = readVariables(text, this.#env, ({ name, offset, why }) => {
      isWhole = false
      const at = this.#source.locateInside(path, offset, name.length + 3)
      const { code, message, help } = explainLack(name, why)
      this.#diagnostics.addInstead(code, message, at, this.#source.locate(path), help)
    })
    return isWhole ? (found ?? text) : null
  }
}

function explainLack(name: string, why: string) {
  if (name.startsWith('file:')) {
    const help = `mend it, or give a default: \${${name}:-…}`
    return { code: 'missing-secret', message: `the file ${name.slice(5)} gives no secret: ${why}`, help } as const
  }
  const wish = why === 'not set' ? 'set it, or give a default' : 'if it may be empty, say so'
  const help = `${wish}: \${${name}:-${why === 'not set' ? '…' : ''}}`
  return { code: 'missing-env', message: `the environment variable ${name.slice(4)} is ${why}`, help } as const
}
