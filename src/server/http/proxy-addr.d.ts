/** The part of proxy-addr that is used; it brings no types of its own. */
declare module 'proxy-addr' {
  type Trust = (address: string, hop: number) => boolean

  /** Throws TypeError for what is neither an address, a CIDR range nor a known name. */
  export function compile(trusted: readonly string[]): Trust
}
