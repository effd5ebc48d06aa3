/** What went wrong, in words for people. */

/** What kind of trouble it is; tests and applications tell by it, people by the words. */
export type TroubleKind =
  | 'cors'
  | 'no-ranges'
  | 'not-archive'
  | 'not-found'
  | 'denied'
  | 'changed'
  | 'slice-missing'
  | 'base-missing'
  | 'damaged'
  | 'limit'
  | 'unsupported'
  | 'network'
  | 'aborted'
  /** Nothing that can be opened was given, or several archives at once. */
  | 'choice'
  /** What reads archives could not be started, or ended. */
  | 'worker'
  | 'other'

/** Trouble as it is shown. All three are plain text and may hold names out of the archive: never markup. */
export interface Trouble {
  readonly kind: TroubleKind
  /** What happened, in a few words. */
  readonly title: string
  /** Where, and what was found there. */
  readonly detail: string
  /** What to do now; empty where there is nothing to be done. */
  readonly advice: string
}

/** Trouble that is thrown. */
export class TroubleError extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super(trouble.detail === '' ? trouble.title : `${trouble.title}: ${trouble.detail}`)
    this.name = 'TroubleError'
    this.trouble = trouble
  }
}
