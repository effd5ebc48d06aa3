/** Picture: not made yet. */
import type { PictureCalls } from '../contract/picture-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class PictureEngine implements PictureCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  space(): Promise<never> {
    throw new TypeError('not made yet')
  }

  byteMap(): Promise<never> {
    throw new TypeError('not made yet')
  }

  completeMap(): Promise<never> {
    throw new TypeError('not made yet')
  }

  memberAt(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
