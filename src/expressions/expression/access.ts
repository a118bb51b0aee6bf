import { didYouMean } from '../../diagnostics/suggest.ts'
import { variableOf } from '../../environment.ts'
import { amountOf, isNumber } from '../../numbers.ts'
import { compileSingular } from '../path/plain.ts'
import { KeyedMap } from './keyed-map.ts'
import { type Bindings, type Compiled, demand, type Evaluate, refuse, type Segments, type Variable } from './scope.ts'
import type { CelNode } from './syntax/node.ts'
import { dyn, nameOf, string, type Type } from './types.ts'

type AccessNode = Extract<CelNode, { op: 'id' | '.' | '.?' | '[]' | '[?]' }>

/** A chain of members, as far as it is known at load where it leads. */
interface Chain extends Compiled {
  readonly root?: { readonly variable: Variable | undefined; readonly path: Segments; readonly end: number }
  /** False once a computed index makes the rest of the path unknown; the path then tells where the chain begins. */
  readonly exact: boolean
}

export function isAccess(node: CelNode): node is AccessNode {
  return node.op === 'id' || node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]'
}

/** `asked`: whether it is there is all that matters; `compared`: absent it is a value like no other; `needed`: absent it fails. */
type Use = 'asked' | 'compared' | 'needed'

/** Compiles a name or a chain of members and indexes, and notes what it reads of the context. */
export function compileAccess(node: AccessNode, scope: Bindings, use: Use = 'compared'): Compiled {
  const chain = compileChain(node, scope, use === 'asked')
  const { root, type } = chain
  if (root && !root.variable) {
    const known = scope.guards.some((guard) => isPrefix(guard, root.path) || isPrefix(root.path, guard))
    const guarded = use === 'asked' || known || type.optional === true
    scope.reads.push({
      path: root.path,
      offset: node.start,
      length: root.end - node.start,
      guarded,
      needed: use === 'needed' && !guarded,
      asked: use === 'asked',
    })
  }
  return chain
}

/** Compiles a name or chain that something is done with: absent, it fails the expression. */
export function compileNeeded(node: AccessNode, scope: Bindings): Compiled {
  const compiled = compileAccess(node, scope, 'needed')
  return compiled.type.optional ? compiled : { type: compiled.type, run: demand(compiled.run, textOf(node)) }
}

/** As it is written. */
export function textOf({ input, start, end }: CelNode): string {
  return input.slice(start, end)
}

function isPrefix(short: Segments, long: Segments): boolean {
  return short.length <= long.length && short.every((segment, i) => segment === long[i])
}

function compileChain(node: CelNode, scope: Bindings, guarded = false): Chain {
  if (node.op === 'id') return compileRoot(node, scope)
  if (!isAccess(node)) return { ...scope.compile(node, scope), exact: false }
  if (isEnvironment(node.args[0], scope)) return compileVariable(node, scope, guarded)
  const owner = compileChain(node.args[0], scope)
  const optional = node.op === '.?' || node.op === '[?]' || owner.type.optional === true
  const mark = (type: Type): Type => (optional ? { ...type, optional } : type)

  const key = node.op === '.' || node.op === '.?' ? node.args[1] : literalKey(node.args[1])
  if (key === undefined) {
    const indexNode = node.args[1] as CelNode
    const index = isAccess(indexNode) ? compileNeeded(indexNode, scope) : scope.compile(indexNode, scope)
    if (!['dyn', 'int', 'double', 'string', ...(owner.type.keyed ? ['bool'] : [])].includes(index.type.kind))
      refuse(node.args[1] as CelNode, `${nameOf(index.type)} is no index`)
    return {
      type: mark(owner.type.element ?? dyn),
      run: runIndex(owner.run, index.run),
      exact: false,
      ...rootOf(owner),
    }
  }
  const type = mark(typeOfMember(owner, key, node))
  if (!owner.exact || !owner.root) return { type, run: runMember(owner.run, key), exact: false, ...rootOf(owner) }
  const root = { ...owner.root, path: [...owner.root.path, key], end: node.end }
  return { type, root, run: runPath(root.variable, root.path), exact: true }
}

function rootOf({ root }: Chain): { root?: NonNullable<Chain['root']> } {
  return root ? { root } : {}
}

/** `env`, unless the expression itself calls something so. */
function isEnvironment(node: CelNode, { env, variables }: Bindings): boolean {
  return env !== undefined && node.op === 'id' && node.args === 'env' && !variables.has('env')
}

/** `env.NAME`: a variable of the environment, which is text and stays what it is at load. */
function compileVariable(node: Exclude<AccessNode, { op: 'id' }>, scope: Bindings, guarded: boolean): Chain {
  const name = node.op === '.' || node.op === '.?' ? node.args[1] : literalKey(node.args[1])
  if (typeof name !== 'string') return refuse(node, 'a variable of the environment is named: `env.NAME`')
  scope.notes.readsEnvironment = true
  const value = variableOf(scope.env!, name)
  const optional = node.op === '.?' || node.op === '[?]'
  const isAsked = guarded || optional || scope.guards.some(([root, member]) => root === 'env' && member === name)
  if (value === undefined && !isAsked) {
    const help = `set it, or say what holds without it: \`env.?${name}.orValue('…')\``
    refuse(node, `the environment variable ${name} is not set`, help, 'missing-env')
  }
  return { type: optional ? { ...string, optional } : string, run: () => value, exact: false }
}

function compileRoot(node: CelNode & { op: 'id' }, scope: Bindings): Chain {
  const name = node.args
  if (isEnvironment(node, scope)) refuse(node, 'the environment is read by its variables: `env.NAME`')
  const variable = scope.variables.get(name)
  const type = variable?.type ?? scope.roots.get(name)
  if (!type) {
    const help = didYouMean(name, [...scope.variables.keys(), ...scope.roots.keys()])
    refuse(node, `nothing is called \`${name}\``, help, 'unknown-color')
  }
  const path = variable ? [] : [name]
  // What leads into a map with keys of other kinds is no path of JSON.
  if (type.keyed) return { type, run: runPath(variable, path), exact: false }
  return { type, root: { variable, path, end: node.end }, run: runPath(variable, path), exact: true }
}

function runPath(variable: Variable | undefined, path: Segments): Evaluate {
  const read = compileSingular(path)
  if (!variable) return read as Evaluate
  const { cell } = variable
  return path.length === 0 ? () => cell.value : () => read(cell.value)
}

function runMember(owner: Evaluate, key: string | number): Evaluate {
  const read = compileSingular([key])
  return (document) => {
    const value = owner(document)
    return value instanceof KeyedMap ? value.get(key) : read(value)
  }
}

function runIndex(owner: Evaluate, index: Evaluate): Evaluate {
  return (document) => {
    const value = owner(document)
    const key = index(document)
    if (typeof value !== 'object' || value === null) return undefined
    if (value instanceof KeyedMap) return value.get(key)
    if (Array.isArray(value)) return isNumber(key) && amountOf(key) >= 0 ? value[amountOf(key) as number] : undefined
    return typeof key === 'string' && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  }
}

function literalKey(node: CelNode): string | number | undefined {
  if (node.op !== 'value') return undefined
  if (typeof node.args === 'string') return node.args
  return typeof node.args === 'bigint' ? Number(node.args) : undefined
}

function typeOfMember({ type }: Compiled, key: string | number, node: AccessNode): Type {
  // Of `a.b.c` only what follows the last dot is at fault.
  const at = {
    start: node.end - (typeof key === 'string' && node.op === '.' ? key.length : node.end - node.start),
    end: node.end,
  }
  if (type.kind === 'dyn') return dyn
  if (type.kind === 'list') {
    if (typeof key === 'number') return type.element ?? dyn
    return refuse(
      at,
      `a list has no member \`${key}\``,
      'take one of its items, `list[0]`, or all of them: `list.map(i, …)`',
    )
  }
  if (type.kind !== 'map') return refuse(at, `a ${nameOf(type)} has no members`)
  const member = type.members?.get(String(key))
  if (member) return member
  if (!type.closed) return dyn
  const place = type.namespace
  const names = [...(type.members?.keys() ?? [])]
  if (place === undefined) return refuse(at, `there is no member \`${key}\``, didYouMean(String(key), names))
  const help = didYouMean(
    `${place}.${key}`,
    names.map((name) => `${place}.${name}`),
  )
  return refuse({ start: node.start, end: node.end }, `nothing is called \`${place}.${key}\``, help, 'unknown-color')
}

/** The path that a chain certainly reads, when it is known to its end; for proofs of presence. */
export function staticPath(
  node: CelNode,
  bound: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): Segments | undefined {
  if (node.op === 'id') return bound.has(node.args) ? undefined : [node.args]
  if (!isAccess(node)) return undefined
  const owner = staticPath(node.args[0], bound)
  const key = node.op === '.' || node.op === '.?' ? node.args[1] : literalKey(node.args[1])
  return owner && key !== undefined ? [...owner, key] : undefined
}
