import { type Environment, substituteEnvironment } from './env.ts'

/**
 * The value of a scalar that is text, environment variables filled in. Without quotes it may become another type:
 * `port: ${env.PORT:-8080}` is a number, as if the value stood there.
 * @param missing told of a variable that is not set, and where in the text it is named
 */
export function fillIn(
  text: string,
  isPlain: boolean,
  env: Environment,
  missing: (name: string, offset: number) => void,
): unknown {
  const filled = substituteEnvironment(text, env, missing)
  return isPlain && filled !== text ? readPlain(filled) : filled
}

const constants = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function readPlain(text: string): unknown {
  const constant = constants.get(text)
  if (constant !== undefined) return constant
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
