import * as z from 'zod'
import { definitionOf, ExtensionFault, printThrown } from '../../../definition.ts'
import { Exit, type StepRun } from '../../../steps/context.ts'
import { stepKinds } from '../../../steps/index.ts'
import {
  type Binder,
  defineStep as defineKind,
  type ParsedStep,
  type StepBinding,
  type StepKind,
} from '../../../steps/step.ts'
import { inTime } from '../in-time.ts'
import { failureOf, type Origin } from '../origin.ts'
import { faultOfBinding } from '../step-binding.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, summary, zodType } from './parts.ts'

/** Defines a step kind, its config's type taken from its shape. */
export function defineStep<Shape extends z.ZodType>(
  definition: Parameters<typeof defineKind<Shape>>[0],
): Defined<StepKind<z.output<Shape>>> {
  return { ...defineKind(definition), [definitionOf]: 'step' }
}

export const stepExtension = defineExtensionKind<StepKind>({
  kind: 'step',
  word: 'step kind',
  form: z
    .looseObject({
      kind: z.string().regex(/^[a-z][A-Za-z0-9-]*$/, 'a step kind is named by letters, digits and -'),
      category: z.enum(['activity', 'control', 'data flow', 'exit']),
      summary,
      example: z.string(),
      shape: zodType,
      blocks: functionValue.optional(),
      bind: functionValue,
    })
    .refine(({ kind, shape }) => shape instanceof z.ZodObject && Object.hasOwn(shape.shape, kind), {
      path: ['shape'],
      message: 'it is an object of zod with a member of the kind’s name',
    }) as unknown as z.ZodType<StepKind>,
  nameOf: ({ kind }) => kind,
  clash: ({ kind }, { policies }) => policies.find(({ name }) => name === kind)?.name,
  taken: new Set([...stepKinds.keys(), 'id', 'when']),
  add(definition, origin, draft) {
    draft.steps.set(definition.kind, guardStep(definition, origin))
  },
})

function guardStep(definition: StepKind, origin: Origin): StepKind {
  return {
    ...definition,
    blocks(config) {
      try {
        return definition.blocks?.(config) ?? []
      } catch {
        // `bind` tells of it.
        return []
      }
    },
    bind(step, binder) {
      try {
        definition.blocks?.(step.config)
        const binding = definition.bind(step, binder)
        const fault = faultOfBinding(binding)
        return fault === undefined ? guardBinding(binding, origin) : refuse(step, binder, `${origin.label}: ${fault}`)
      } catch (thrown) {
        return refuse(step, binder, `${origin.label} failed: ${printThrown(thrown)}`)
      }
    },
  }
}

function refuse({ kind, position }: ParsedStep, { diagnostics }: Binder, message: string): StepBinding {
  const at = position.source.locateKey([...position.path, kind.kind])
  diagnostics.add('invalid-extension', message, at, 'the extension has to be mended, or not be used')
  return { incomplete: true, compile: () => () => {} }
}

function guardBinding(binding: StepBinding, origin: Origin): StepBinding {
  return {
    ...binding,
    compile(compiler) {
      let run: StepRun
      try {
        run = binding.compile(compiler)
      } catch (thrown) {
        throw thrown instanceof ExtensionFault
          ? thrown
          : new ExtensionFault(`${origin.label} failed: ${printThrown(thrown)}`)
      }
      if (typeof run !== 'function') throw new ExtensionFault(`${origin.label} compiles to no function`)
      return guardRun(run, binding, origin)
    },
  }
}

/** Fails with a GatewayError, or ends the route, as steps do; and not later than the request's time is over. */
function guardRun(run: StepRun, { blocks = [] }: StepBinding, origin: Origin): StepRun {
  const failed = (thrown: unknown) => (thrown instanceof Exit ? thrown : failureOf(origin, thrown))
  return (context, startedAt) => {
    let pending: ReturnType<StepRun>
    try {
      pending = run(context, startedAt)
    } catch (thrown) {
      throw failed(thrown)
    }
    if (!(pending instanceof Promise)) return
    const { scope, run: request } = context
    const { clock, deadline } = request
    // What the steps inside wait for is cut to what is left already, and their fallbacks go on after it.
    const inside = blocks.length > 0 ? pending : inTime(pending, { clock, deadline, scope })
    // What it gives means nothing.
    return inside.then(
      () => {},
      (thrown) => {
        throw failed(thrown)
      },
    )
  }
}
