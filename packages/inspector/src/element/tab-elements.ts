/** Names of the elements of the tabs beside that of the files: a module that is loaded when one of them is first shown. */
import { BytesView } from '../views/bytes-view.ts'
import { CheckReportView } from '../views/check-report.ts'
import { CheckView } from '../views/check-view.ts'
import { CompareView } from '../views/compare-view.ts'
import { DifferenceList } from '../views/difference-list.ts'
import { PictureView } from '../views/picture-view.ts'
import { define } from './define.ts'

/** Registers those that are not registered yet; what stands on the page already comes to life then. */
export function defineTabElements(): void {
  define({
    'isptar-bytes-view': BytesView,
    'isptar-check-report': CheckReportView,
    'isptar-check-view': CheckView,
    'isptar-compare-view': CompareView,
    'isptar-difference-list': DifferenceList,
    'isptar-picture-view': PictureView,
  })
}
