/** An expression that cannot go on with the data it met; becomes a GatewayError at the top. */
export class EvaluationFailure extends Error {}

export function fail(message: string): never {
  throw new EvaluationFailure(message)
}
