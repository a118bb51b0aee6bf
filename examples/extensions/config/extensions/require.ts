import { bindCondition, condition, defineStep, GatewayError, within, z } from 'tessera'

export const require = defineStep({
  kind: 'require',
  category: 'control',
  summary: 'Fails with an error code of its own unless a condition holds.',
  example: '- require: { that: cart.sum > 0, else: cart-empty }',
  shape: z.strictObject({ require: z.strictObject({ that: condition, else: z.string() }) }),
  bind(step, binder) {
    const { that, else: code } = step.config.require
    const { test, reads } = bindCondition(that, within(step.position, 'require', 'that'), binder)
    return {
      reads,
      raises: [code],
      compile: () => (context) => {
        if (!test(context.document)) throw new GatewayError(code, { status: 409 })
      },
    }
  },
})
