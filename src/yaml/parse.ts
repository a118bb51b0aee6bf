import { isAlias, isMap, isScalar, isSeq, type Node, parse as parseText, Scalar } from 'yaml'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Environment, substituteEnvironment } from './env.ts'
import { explainSyntax } from './explain-syntax.ts'
import { type Path, parseTree, Source, type SourceText } from './source.ts'

const maxBytes = 1024 * 1024
const maxAliases = 100
const unsafeKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Parses a YAML file into plain values with positions, environment variables filled in. All faults of the file are
 * collected; undefined when it is not YAML at all.
 */
export function parseYaml(file: SourceText, env: Environment, diagnostics: DiagnosticCollector): Source | undefined {
  const start = { file: file.path, line: 1, column: 1, endLine: 1, endColumn: 2 }
  if (file.text.length > maxBytes) {
    diagnostics.add('file-too-large', `the file has ${file.text.length} characters, the limit is ${maxBytes}`, start)
    return undefined
  }
  const tree = parseTree(file.text)
  const { document } = tree
  const source = new Source(file, undefined, tree)
  if (document.errors.length > 0) {
    // What follows the first error is mostly its echo.
    const error = document.errors[0]!
    const at = source.locateRange(error.pos[0], Math.max(error.pos[1], error.pos[0] + 1))
    const { message, help } = explainSyntax(error, file.text)
    diagnostics.add('yaml-syntax', message, at, help)
    return undefined
  }

  let aliases = 0
  const read = (node: Node | null, path: Path): unknown => {
    if (isAlias(node)) {
      aliases += 1
      if (aliases > maxAliases) {
        if (aliases === maxAliases + 1)
          diagnostics.add('yaml-syntax', `more than ${maxAliases} aliases`, source.locate(path))
        return null
      }
      const anchored = node.resolve(document)
      if (!anchored) diagnostics.add('yaml-syntax', `nothing is anchored as \`${node.source}\``, source.locate(path))
      return read(anchored ?? null, path)
    }
    if (isMap(node)) {
      const object: Record<string, unknown> = {}
      for (const { key, value } of node.items) {
        if (!isScalar(key)) {
          const [start, end] = (key as Node | null)?.range ?? [0, 1]
          diagnostics.add('invalid-value', 'a key is text', source.locateRange(start, end))
          continue
        }
        const name = String(key.value)
        const here = [...path, name]
        if (unsafeKeys.has(name))
          diagnostics.add('unsafe-key', `\`${name}\` is not allowed as a key`, source.locateKey(here))
        else if (Object.hasOwn(object, name)) {
          diagnostics.add(
            'duplicate-key',
            `\`${name}\` stands here twice`,
            source.locateRange(key.range?.[0] ?? 0, key.range?.[1] ?? 1),
          )
        } else object[name] = read(value as Node | null, here)
      }
      return object
    }
    if (isSeq(node)) return node.items.map((item, index) => read(item as Node | null, [...path, index]))
    if (!isScalar(node)) return null
    return readScalar(node, path)
  }
  const readScalar = (node: Scalar, path: Path): unknown => {
    if (typeof node.value === 'number' && !Number.isFinite(node.value)) {
      diagnostics.add('invalid-value', 'a number must be finite', source.locate(path))
      return null
    }
    if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)) {
      const help = 'write it as text, in quotes'
      diagnostics.add('invalid-value', 'a whole number beyond 2^53 would become another', source.locate(path), help)
      return null
    }
    if (typeof node.value !== 'string') return node.value
    let isMissing = false
    const text = substituteEnvironment(node.value, env, (name, offset) => {
      isMissing = true
      const at = source.locateInside(path, offset, name.length + 7)
      const help = `set it, or give a default: \${env.${name}:-…}`
      diagnostics.addInstead(
        'missing-env',
        `the environment variable ${name} is not set`,
        at,
        source.locate(path),
        help,
      )
    })
    if (isMissing) return null
    // `port: ${env.PORT:-8080}` is a number, as if the value stood there.
    return text !== node.value && node.type === Scalar.PLAIN ? retype(text) : text
  }
  return new Source(file, read(document.contents, []), tree)
}

function retype(text: string): unknown {
  return /^(-?\d+(\.\d+)?|true|false|null)$/.test(text) ? parseText(text) : text
}
