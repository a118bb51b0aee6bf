/** The part of proxy-addr that is used; it brings no types of its own. */
declare module 'proxy-addr' {
  import type { IncomingMessage } from 'node:http'

  type Trust = (address: string, hop: number) => boolean

  function proxyAddress(request: IncomingMessage, trust: Trust): string
  namespace proxyAddress {
    /** Throws TypeError for what is neither an address, a CIDR range nor a known name. */
    function compile(trusted: readonly string[]): Trust
  }
  export = proxyAddress
}
