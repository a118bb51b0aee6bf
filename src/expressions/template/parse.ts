import { type DiagnosticCode, diagnosticCodes } from '../../diagnostics/codes.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { EnvText } from '../../environment.ts'
import { compileExpression, type ExpressionTypes } from '../expression.ts'
import { builtInOperators } from '../operators/index.ts'
import { unsafeKeys } from '../operators/operator.ts'
import type { Condition, Operator, OperatorParser, Operators, Owner, Template, TemplateFault, Where } from './nodes.ts'
import { parseText } from './text.ts'

export interface TemplateOptions {
  /** What it may call; the built-in operators unless given. */
  readonly operators?: Operators | undefined
  readonly owner?: Owner | undefined
}

/** Parses a YAML value into a template. One that is not whole is not to be compiled. */
export function parseTemplate(
  value: unknown,
  types: ExpressionTypes,
  { operators = builtInOperators, owner = { name: 'response' } }: TemplateOptions = {},
): { template: Template; faults: TemplateFault[]; isWhole: boolean } {
  const faults: TemplateFault[] = []

  const report = (code: DiagnosticCode, message: string, path: Where, help?: string) => {
    faults.push({ code, message, path, offset: 0, length: 1, help })
  }
  const parse = (part: unknown, at: Where): Template => {
    if (typeof part === 'string' || part instanceof EnvText)
      return parseText(part, at, types, (fault) => faults.push({ ...fault, path: at }))
    if (Array.isArray(part)) return { kind: 'array', at, items: part.map((item, i) => parse(item, [...at, i])) }
    if (typeof part !== 'object' || part === null) return { kind: 'literal', at, value: part }
    const object = part as Readonly<Record<string, unknown>>
    return Object.keys(object).some(isOperatorKey) ? parseOperator(object, at) : parseObject(object, at)
  }
  const parseCondition = (given: unknown, at: Where): Condition | undefined => {
    if (typeof given !== 'string' && typeof given !== 'boolean') {
      report('invalid-value', 'a condition stands here: `user.age > 18`', at)
      return undefined
    }
    // `${ … }` around it is allowed and changes nothing, as in `when`.
    const [, before = '', inner] = /^(\s*\$\{)([\s\S]*)\}\s*$/.exec(String(given)) ?? []
    const expression = compileExpression(inner ?? String(given), types)
    if ('code' in expression) {
      faults.push({ ...expression, offset: expression.offset + before.length, path: at })
      return undefined
    }
    if (expression.type !== 'bool' && expression.type !== 'dyn')
      report('invalid-expression', `a condition must be true or false, this is a ${expression.type}`, at)
    return { kind: 'expression', at, expression, offset: before.length }
  }
  const parseObject = (object: Readonly<Record<string, unknown>>, at: Where): Template => {
    const members: [string, Template][] = []
    for (const [key, member] of Object.entries(object)) {
      if (unsafeKeys.has(key)) report('unsafe-key', `\`${key}\` is not allowed as a key`, [...at, key])
      else members.push([key.replaceAll('$$', '$'), parse(member, [...at, key])])
    }
    return { kind: 'object', at, members }
  }
  const parseOperator = (object: Readonly<Record<string, unknown>>, at: Where): Template => {
    const nothing: Template = { kind: 'literal', at, value: null }
    const operator = findOperator(object, at)
    if (!operator) return nothing
    let complete = true
    for (const key of Object.keys(object)) {
      if (key === operator.name || keysOf(operator).includes(key)) continue
      report(
        'unknown-operator',
        `\`${operator.name}\` does not go with the key \`${key}\``,
        [...at, key],
        didYouMean(key, keysOf(operator)),
      )
    }
    for (const key of operator.keys) {
      if (Object.hasOwn(object, key)) continue
      complete = false
      report('missing-key', `\`${operator.name}\` lacks \`${key}\``, at, `write it like \`${operator.example}\``)
    }
    const parser: OperatorParser = {
      template: (part, ...path) => parse(part, [...at, ...path]),
      condition: (given, ...path) => parseCondition(given, [...at, ...path]),
      fault: (code, message, path, help) => report(code, message, [...at, ...path], help),
      owner,
    }
    const config = complete ? operator.parse(object, parser) : undefined
    return config === undefined ? nothing : { kind: 'operator', at, operator, config }
  }
  const findOperator = (object: Readonly<Record<string, unknown>>, at: Where): Operator | undefined => {
    const keys = Object.keys(object).filter(isOperatorKey)
    const name = keys.find((key) => operators.has(key))
    if (name !== undefined) return operators.get(name)
    const [key] = keys as [string]
    const all = [...operators.values()]
    const owner = all.find((operator) => keysOf(operator).includes(key))
    if (owner) report('missing-key', `\`${key}\` stands beside \`${owner.name}\`, which is missing`, [...at, key])
    else if (operators.isWhole !== false) {
      const help =
        didYouMean(key, [...operators.keys(), ...all.flatMap(keysOf)]) ??
        `a key that begins with $ is written \`$${key}\``
      report('unknown-operator', `there is no operator \`${key}\``, [...at, key], help)
    }
    return undefined
  }
  const template = parse(value, [])
  return { template, faults, isWhole: faults.every(({ code }) => diagnosticCodes[code].severity !== 'error') }
}

function keysOf({ keys, optionalKeys = [] }: Operator): readonly string[] {
  return [...keys, ...optionalKeys]
}

function isOperatorKey(key: string): boolean {
  return key.startsWith('$') && !key.startsWith('$$')
}
