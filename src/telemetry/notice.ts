/** What operators are told of backends beside metrics: what changed, once, not with every call. */
export interface Notice {
  readonly level: 'info' | 'warn'
  readonly message: string
  /** A service, or where one is looked up. */
  readonly subject: string
  /** `http://reco:9004` */
  readonly endpoint?: string
  /** Of a list that changed: what is new in it, and what is no longer. */
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
  /** Why, in the words of whoever refused. Without addresses' credentials and without bodies. */
  readonly reason?: string
}

export type Notify = (notice: Notice) => void
