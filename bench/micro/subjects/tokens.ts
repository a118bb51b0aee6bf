import { bench, do_not_optimize, group } from 'mitata'
import { systemClock } from '../../../src/clock.ts'
import { jwtShape } from '../../../src/identity/schemes/jwt/shape.ts'
import { openJwt } from '../../../src/identity/schemes/jwt/verifier.ts'
import { audience, issuer, makeToken } from '../../scenarios/home/token.ts'
import { insist } from '../home.ts'

/** What a request with a signed token pays: for one that comes for the first time, and for one that is known. */
export async function addBenchmarks(): Promise<void> {
  for (const alg of ['ES256', 'RS256'] as const) {
    const { token, keys } = makeToken(alg)
    const settings = jwtShape.parse({ issuer, audience, jwks: './keys.json' })
    const verifier = openJwt(settings, { scheme: 'user', clock: systemClock, file: keys, notify: () => {} })
    const subjectOf = (verdict: unknown) => (verdict as { subject?: unknown } | undefined)?.subject
    insist(subjectOf(await verifier.verify(token)), 'u-1001')
    insist(subjectOf(verifier.known!(token)), 'u-1001')
    group(`tokens signed by ${alg}`, () => {
      bench(`${alg}, verified`, async () => do_not_optimize(await verifier.verify(token)))
      bench(`${alg}, known`, () => do_not_optimize(verifier.known!(token)))
    })
  }
}
