import { readFileSync } from 'node:fs'
import { type Image, imageStart } from './image.ts'

/** Bytes behind every text that the engine may read, and clears before it indexes. */
export const padding = 32

/** Beyond this memory is given back once a call is done. */
const mostKeptBytes = 16 * 1024 * 1024

interface EngineExports {
  readonly memory: WebAssembly.Memory
  readonly rareNumbers: { readonly value: number }
  index(text: number, length: number, tape: number, maxDepth: number): number
  find(nodes: number, end: number, text: number): number
  write(program: number, sources: number, to: number, mostBytes: number): number
}

/**
 * The engine of assembly/json and its memory, which every call lays out anew: the image of its program, then texts and
 * tapes, and last what the engine writes, so that it can make memory grow.
 */
export class Engine {
  readonly #exports: EngineExports
  /** Views of the memory, good until it grows: `refresh`. */
  bytes: Buffer
  words: Uint32Array

  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as EngineExports
    this.bytes = Buffer.from(this.#exports.memory.buffer)
    this.words = new Uint32Array(this.#exports.memory.buffer)
  }

  /** Makes memory reach to an address; false when there is no more. */
  reserve(end: number): boolean {
    const missing = end - this.bytes.length
    if (missing <= 0) return true
    try {
      this.#exports.memory.grow(Math.ceil(missing / 65_536))
    } catch {
      return false
    }
    this.refresh()
    return true
  }

  /** Puts the image of a program where it was made for. */
  load({ bytes }: Image): void {
    this.bytes.set(bytes, imageStart)
  }

  /** Indexes the text at an address; gives how many entries its tape has, 0 for what the engine does not vouch for. */
  index(text: number, length: number, tape: number, maxDepth: number): number {
    const entries = this.#exports.index(text, length, tape, maxDepth)
    this.refresh()
    return entries
  }

  /** Whether the text indexed last has numbers that JavaScript may print another way than they are written. */
  get hasRareNumbers(): boolean {
    return this.#exports.rareNumbers.value !== 0
  }

  /** Walks a tree of paths; false when a key has an escape where a name had to be found. */
  find(nodes: number, end: number, text: number): boolean {
    return this.#exports.find(nodes, end, text) !== 0
  }

  /** Runs a program; gives how many bytes it wrote, -1 for what it cannot write. */
  write(program: number, sources: number, to: number, mostBytes: number): number {
    const length = this.#exports.write(program, sources, to, mostBytes)
    this.refresh()
    return length
  }

  refresh(): void {
    const { buffer } = this.#exports.memory
    if (buffer === this.bytes.buffer) return
    this.bytes = Buffer.from(buffer)
    this.words = new Uint32Array(buffer)
  }
}

const module = compileEngine()
let engine: Engine | undefined

/** The one engine: nothing of it outlives a call. Undefined where there is no WebAssembly with SIMD. */
export function useEngine(): Engine | undefined {
  if (engine && engine.bytes.length <= mostKeptBytes) return engine
  engine = startEngine()
  return engine
}

function startEngine(): Engine | undefined {
  try {
    return module && new Engine(module)
  } catch {
    // There is no memory left for it.
    return undefined
  }
}

function compileEngine(): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined
  const bytes = readFileSync(new URL('engine.wasm', import.meta.url))
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined
}
