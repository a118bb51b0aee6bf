import type { Misfit, PolicyOperation } from '../../calls/policy-binding.ts'

/** For policies that answer several with one answer: what is to change something is sent each time. */
export function misfitOfUnsafe({ method, safe }: PolicyOperation): Misfit | undefined {
  if (safe) return undefined
  const message = `a ${method} is to change something: each is sent`
  return { code: 'unsafe-cache', message, short: 'this method changes something' }
}
