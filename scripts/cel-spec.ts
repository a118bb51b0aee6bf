import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Message, readTextproto } from './textproto.ts'

/**
 * Converts the tests of google/cel-spec (tests/simple/testdata) to test/conformance/cel-spec/, one file each, without
 * those that need protobuf messages and their names, bytes, type values or functions of the test itself:
 *
 *     node scripts/cel-spec.ts ../cel-spec/tests/simple/testdata
 */
const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('usage: node scripts/cel-spec.ts TESTDATA')

/** No part of what gateways compute: addresses, extensions of messages, what optimizers write. */
const others = ['network_ext', 'proto2_ext', 'block_ext']
/** Values of protobuf, its messages, bytes and types, in an expression. */
const beyondJson =
  /\b([A-Z]\w*)?Value\{|\bTestAllTypes\b|\bgoogle\.protobuf\b|\bcel\.expr\.conformance\b|\b(Nested|Global)Enum\b|\b[bB][rR]?["']|\b[rR][bB]["']|\bbytes\(|\btype\(|\bnull_type\b|\bproto\.(has|get)Ext\b/
/** Fields of a test with such values. */
const beyondFields = new Set([
  'object_value',
  'bytes_value',
  'type_value',
  'enum_value',
  'message_type',
  'unknown',
  'function',
])

interface Case {
  readonly name: string
  readonly expr: string
  readonly bindings?: Record<string, string>
  /** JSON as text, or what JSON has not: `NaN`, a map with a key that is no text. */
  readonly value?: string
  readonly fails?: true
  /** It names functions that nobody declared. */
  readonly unchecked?: true
  /** Only its type is told. */
  readonly checkOnly?: true
}

for (const file of readdirSync(source).filter((name) => name.endsWith('.textproto'))) {
  if (others.includes(basename(file, '.textproto'))) continue
  const cases = casesOf(readTextproto(readFileSync(join(source, file), 'utf8')))
  if (cases.length === 0) continue
  const lines = cases.map((one) => `  ${JSON.stringify(one)}`)
  const target = new URL(`../test/conformance/cel-spec/${basename(file, '.textproto')}.json`, import.meta.url)
  writeFileSync(target, `[\n${lines.join(',\n')}\n]\n`)
}

function casesOf(file: Message): Case[] {
  return all(file, 'section').flatMap((section) =>
    all(section, 'test').flatMap((test) => {
      const expr = text(test, 'expr')
      if (beyondJson.test(expr) || text(test, 'container') !== '' || hasField(test, beyondFields)) return []
      return [convert(`${text(section, 'name')}/${text(test, 'name')}`, expr, test)]
    }),
  )
}

function convert(name: string, expr: string, test: Message): Case {
  const bindings = Object.fromEntries(
    all(test, 'bindings').map((entry) => [text(entry, 'key'), jsonOf(one(one(entry, 'value')!, 'value')!)]),
  )
  const unchecked = test['disable_check']?.[0] === 'true' ? { unchecked: true as const } : {}
  const bound = { ...(Object.keys(bindings).length > 0 && { bindings }), ...unchecked }
  if (test['eval_error'] ?? test['any_eval_errors']) return { name, expr, ...bound, fails: true }
  if (test['check_only']) return { name, expr, ...bound, checkOnly: true }
  const value = one(test, 'value') ?? one(one(test, 'typed_result') ?? {}, 'result')
  return { name, expr, ...bound, value: value ? jsonOf(value) : 'true' }
}

/** A google.api.expr.v1alpha1.Value as JSON. */
function jsonOf(value: Message): string {
  const [kind, given] = Object.entries(value)[0] ?? ['null_value', []]
  const [content] = given as unknown[]
  switch (kind) {
    case 'null_value':
      return 'null'
    case 'string_value':
      return JSON.stringify(content)
    case 'list_value':
      return `[${all(content as Message, 'values')
        .map(jsonOf)
        .join(',')}]`
    case 'map_value': {
      const entries = all(content as Message, 'entries')
      return `{${entries.map((entry) => `${jsonOf(one(entry, 'key')!)}:${jsonOf(one(entry, 'value')!)}`).join(',')}}`
    }
    case 'double_value':
      return exactDouble(String(content))
    case 'int64_value':
    case 'uint64_value':
      return String(BigInt(String(content)))
    case 'bool_value':
      return String(content)
    default:
      throw new Error(`unknown value: ${kind}`)
  }
}

/** JavaScript prints large doubles with zeros in place of digits. */
function exactDouble(content: string): string {
  const double = Number(content)
  if (!Number.isFinite(double)) return content
  return Number.isInteger(double) ? String(BigInt(double)) : String(double)
}

function hasField(message: Message, names: ReadonlySet<string>): boolean {
  return Object.entries(message).some(
    ([name, values]) => names.has(name) || values.some((value) => typeof value === 'object' && hasField(value, names)),
  )
}

function all(message: Message, name: string): Message[] {
  return (message[name] ?? []) as Message[]
}

function one(message: Message, name: string): Message | undefined {
  return all(message, name)[0]
}

function text(message: Message, name: string): string {
  return String(message[name]?.[0] ?? '')
}
