import { registerHooks } from 'node:module'

let isSet = false

/**
 * From now on `import 'tessera'` gives the gateway that runs, wherever the module lies that says so. Another copy would
 * have errors and a work budget of its own, and beside a configuration there mostly is none.
 */
export function resolveOwnName(): void {
  if (isSet) return
  isSet = true
  const url = new URL(`../../index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'tessera' ? { url, shortCircuit: true } : next(specifier, context),
  })
}
