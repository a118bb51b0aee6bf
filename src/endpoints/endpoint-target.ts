export interface EndpointTarget {
  /** Origin, maybe with a path prefix: `http://127.0.0.1:9004/v1`. */
  readonly url: string
  /** The IP to connect to, where discovery knows it; else the URL's host is looked up. */
  readonly address?: string | undefined
  readonly weight: number
  readonly zone: string | undefined
}
