import type { Clock } from '../clock.ts'
import { Shared } from '../shared.ts'
import type { Notify } from '../telemetry/notice.ts'
import { type Credential, type CredentialSource, compileFind } from './credential.ts'
import { type FailureRate, Failures } from './failures.ts'
import type { Verdict } from './identity.ts'
import type { Scheme, Verifier } from './scheme.ts'
import type { SignIn } from './sign-in.ts'

/** A scheme at work for routes. */
export interface OpenScheme {
  /** Where its credentials stand, as texts that are equal for equal places. */
  readonly reads: readonly string[]
  /** The credential that a request brings for it; undefined for none. */
  find(request: CredentialSource): Credential | undefined
  /**
   * What comes of a credential; undefined where it is another scheme's.
   * @param isAlone whether no other scheme that is asked looks at the same place
   */
  judge(credential: Credential, isAlone: boolean): Verdict | Promise<Verdict> | undefined
  /** Where people sign in, if they do. */
  readonly signIn?: SignIn | undefined
}

export type Hold = <Value>(acquired: { readonly value: Value; readonly release: () => void }) => Value

/** Opens schemes; equal ones are one, and outlive a reload. */
export interface Schemes {
  open(scheme: Scheme, hold: Hold): OpenScheme
  /** Counts what was no credential; equal rates are counted together. */
  openFailures(rate: FailureRate, hold: Hold): Failures
}

/** Of a process. */
export class SharedSchemes implements Schemes {
  readonly #open: Shared<Scheme, { readonly opened: OpenScheme; readonly verifier: Verifier }>

  readonly #failures: Shared<FailureRate, Failures>

  constructor(clock: Clock, notify: Notify = () => {}) {
    this.#open = new Shared(
      ({ key }) => key,
      (scheme) => {
        const { name, file, publicUrl } = scheme
        const verifier = scheme.kind.open(scheme.settings, { scheme: name, clock, file, publicUrl, notify })
        return { opened: compileScheme(scheme, verifier), verifier }
      },
      ({ verifier }) => verifier.close?.(),
    )
    this.#failures = new Shared(
      ({ count, windowMs }) => `${count}/${windowMs}`,
      (rate) => new Failures(rate, clock),
      () => {},
    )
  }

  open(scheme: Scheme, hold: Hold): OpenScheme {
    return hold(this.#open.acquire(scheme)).opened
  }

  openFailures(rate: FailureRate, hold: Hold): Failures {
    return hold(this.#failures.acquire(rate))
  }
}

function compileScheme(scheme: Scheme, verifier: Verifier): OpenScheme {
  const { kind, settings, name } = scheme
  const places = kind.places(settings, name)
  const authScheme = kind.challenge.toLowerCase()
  return {
    signIn: verifier.signIn,
    reads: places.map(({ in: place, name: at }) => `${place}.${at}${at === 'authorization' ? ` ${authScheme}` : ''}`),
    find: kind.find?.(settings) ?? compileFind(places, authScheme, kind.isAmbient),
    judge({ text }, isAlone) {
      // Whose turn it is does not go by what is known: that may be from where it is asked alone.
      if (!isAlone && verifier.takes?.(text) === false) return undefined
      return verifier.known?.(text) ?? verifier.verify(text)
    },
  }
}
