import { Decimal } from '../../numbers.ts'
import type { Reader, Template } from './nodes.ts'

type ObjectTemplate = Template & { readonly kind: 'object' }

/** Objects beyond this are rare, and V8 does not optimize functions without end. */
const mostMembers = 400
const canGenerate = isGenerationAllowed()

/**
 * Compiles an object of a template to JavaScript of its own: `if ((v = …) !== undefined) o["title"] = v`. Shared
 * closures see thousands of shapes and names at one place of code, where V8 gives up on them; here each place sees
 * one. Paths of names and indexes and nested objects are written out, all else is called by `compile`. Nothing of the
 * operator's text gets into the source but as a JSON string (docs/adr/0014).
 *
 * Undefined where it would not pay or code must not be made from text (`--disallow-code-generation-from-strings`).
 */
export function generateObject(template: ObjectTemplate, compile: (part: Template) => Reader): Reader | undefined {
  if (!canGenerate || countMembers(template) > mostMembers) return undefined
  const writer = new SourceWriter(compile)
  const root = writer.object(template)
  const body = `"use strict";return function fill(document){let v;${writer.lines.join('')}return ${root}}`
  return new Function('readers', 'isArray', body)(writer.readers, Array.isArray) as Reader
}

class SourceWriter {
  readonly lines: string[] = []
  readonly readers: Reader[] = []
  readonly #compile: (part: Template) => Reader
  #objects = 0

  constructor(compile: (part: Template) => Reader) {
    this.#compile = compile
  }

  /** Writes what makes an object; gives the variable that holds it. */
  object({ members }: ObjectTemplate): string {
    const variable = `o${this.#objects++}`
    this.lines.push(`const ${variable}={};`)
    for (const [name, value] of members) {
      const member = `${variable}[${JSON.stringify(name)}]`
      if (value.kind === 'object' && value.members.length > 0) this.lines.push(`${member}=${this.object(value)};`)
      else this.lines.push(`${this.#value(value)}if(v!==undefined)${member}=v;`)
    }
    return variable
  }

  /** What leaves a value in `v`. */
  #value(template: Template): string {
    if (template.kind === 'path' && template.path.singular && template.path.prefix.every(isPlain)) {
      return `v=document;${template.path.prefix.map(step).join('')}`
    }
    return `v=readers[${this.readers.push(this.#compile(template)) - 1}](document);`
  }
}

/** Names that an object may inherit need the slower question, negative indexes a length. */
function isPlain(segment: string | number): boolean {
  return typeof segment === 'string' ? !(segment in Decimal.prototype) : segment >= 0
}

function step(segment: string | number): string {
  if (typeof segment === 'number') return `v=isArray(v)?v[${segment}]:undefined;`
  return `v=typeof v==="object"&&v!==null&&!isArray(v)?v[${JSON.stringify(segment)}]:undefined;`
}

function countMembers({ members }: ObjectTemplate): number {
  return members.reduce((sum, [, value]) => sum + 1 + (value.kind === 'object' ? countMembers(value) : 0), 0)
}

function isGenerationAllowed(): boolean {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}
