import type { ParsedRoute } from '../routes/route.ts'
import { compileHandlers, guardRun, listCaught } from '../steps/catch.ts'
import type { Recover } from '../steps/context.ts'
import type { Binder, BoundBlock, BoundStep, Compiler } from '../steps/step.ts'

/** What has a `do`, and a `catch` of its own: a route, or a part. */
interface Guarded extends Pick<ParsedRoute, 'body' | 'handlers' | 'position'> {
  readonly definition: Pick<ParsedRoute['definition'], 'catch'>
}

/** Binds a `do`. The `catch` beside it is a `try` around all of its steps; `guardMore` has it handle something else, too. */
export function bindGuarded(
  { body, handlers: parsed, definition, position }: Guarded,
  name: string,
  binder: Binder,
  guardMore?: (compiler: Compiler, recover: Recover) => void,
): BoundBlock {
  if (parsed.length === 0) return binder.block(body)
  const attempt = binder.guardedBlock(body)
  const patterns = (definition.catch ?? []).map((arm) => arm.errors)
  const handlers = parsed.map((block, index) =>
    binder.block(block, { locals: ['error'], handles: patterns[index] ?? [] }),
  )
  const step: BoundStep = {
    kind: 'try',
    name,
    at: position.source.locateKey(['catch']),
    condition: undefined,
    blocks: [attempt, ...handlers],
    composition: 'attempt',
    catches: listCaught(patterns, position),
    compile(compiler) {
      const run = compiler.block(attempt)
      const recover = compileHandlers(patterns, handlers, compiler)
      guardMore?.(compiler, recover)
      return guardRun(run, recover)
    },
  }
  return { order: 'sequence', steps: [step], at: attempt.at }
}
