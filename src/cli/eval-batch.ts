import { parseJson, printJson } from '../json-text.ts'
import { compileEvaluator, type EvaluatedKind, type Evaluator, printFailure, printFault } from './evaluator.ts'

const kinds: readonly EvaluatedKind[] = ['jsonpath', 'cel', 'template']
const mostCompiled = 1000
const longestLine = 64 * 1024 * 1024

/** Answers lines of JSON, each on its own: whatever a line holds, its answer is one line. */
export class BatchEvaluator {
  readonly #compiled = new Map<string, Evaluator | string>()

  /**
   * `{"jsonpath" | "cel" | "template": …, "document": …}` → `{"nodes": […]}` for a path, `{"value": …}` for the others
   * (`{}` when there is nothing, as a template leaves a member out), `{"error": "…"}` for what does not work.
   */
  answer(line: string): string {
    try {
      const given: unknown = parseJson(line)
      const answer = this.#evaluate(given)
      return printJson(typeof answer === 'string' ? { error: answer } : answer)
    } catch (thrown) {
      return JSON.stringify({ error: printFailure(thrown) })
    }
  }

  #evaluate(given: unknown): string | { nodes: unknown[] } | { value?: unknown } {
    if (typeof given !== 'object' || given === null) return 'a line is an object'
    const [kind, ...others] = kinds.filter((name) => Object.hasOwn(given, name))
    if (kind === undefined || others.length > 0) return 'a line has one of `jsonpath`, `cel` and `template`'
    if (!Object.hasOwn(given, 'document')) return '`document` is missing'
    const { [kind]: source, document } = given as Record<string, unknown>
    if (kind !== 'template' && typeof source !== 'string') return `\`${kind}\` is text`
    const evaluator = this.#compile(kind, source)
    if (typeof evaluator === 'string') return evaluator
    const value = evaluator.evaluate(document)
    if (kind !== 'jsonpath') return { value }
    if (!evaluator.singular) return { nodes: value as unknown[] }
    return { nodes: value === undefined ? [] : [value] }
  }

  #compile(kind: EvaluatedKind, source: unknown): Evaluator | string {
    const key = kind + (typeof source === 'string' ? `"${source}` : JSON.stringify(source))
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const found = compileEvaluator(kind, source)
    const compiled = 'evaluate' in found ? found : found.map(printFault).join('; ')
    if (this.#compiled.size >= mostCompiled) this.#compiled.clear()
    this.#compiled.set(key, compiled)
    return compiled
  }
}

/** Answers every line of a stream as soon as it is there. */
export async function answerLines(input: AsyncIterable<string>, print: (answers: string) => void): Promise<void> {
  const evaluator = new BatchEvaluator()
  let pieces: string[] = []
  let length = 0
  const take = (piece: string) => {
    length += piece.length
    if (length > longestLine) pieces = []
    else pieces.push(piece)
  }
  const answer = () => {
    const line = pieces.join('')
    const isTooLong = length > longestLine
    pieces = []
    length = 0
    return isTooLong
      ? JSON.stringify({ error: `the line is longer than ${longestLine} characters` })
      : evaluator.answer(line)
  }
  for await (const chunk of input) {
    const ends = chunk.split('\n')
    const last = ends.pop()!
    const answers = ends.map((piece) => {
      take(piece)
      return answer()
    })
    if (answers.length > 0) print(answers.join('\n'))
    take(last)
  }
  if (length > 0) print(answer())
}
