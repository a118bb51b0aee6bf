import { maskUrl } from '../../../redaction.ts'
import { faultOf } from '../../granted.ts'
import { defineScheme, isFileName } from '../../scheme.ts'
import { readKeys } from './key-source.ts'
import { jwtShape } from './shape.ts'
import { openJwt } from './verifier.ts'

/** Tokens that somebody else signs, verified with his public keys. */
export const jwt = defineScheme({
  name: 'jwt',
  example: "user: { jwt: { issuer: 'https://id.example.com/', audience: shop } }",
  shape: jwtShape,
  challenge: 'Bearer',
  places: ({ from }) => from,
  fileKey: 'jwks',
  checkFile: (value) => faultOf(() => readKeys(value)),
  caption({ issuer, audience, jwks, secret }) {
    const keys =
      secret !== undefined
        ? 'a secret'
        : jwks === undefined
          ? 'keys found by discovery'
          : isFileName(jwks)
            ? jwks
            : maskUrl(jwks)
    return `tokens of ${issuer} for ${[audience].flat().join(', ')}, by ${keys}`
  },
  describe: ({ issuer, jwks, secret }) =>
    jwks === undefined && secret === undefined
      ? { type: 'openIdConnect', openIdConnectUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration` }
      : { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  open: openJwt,
})
