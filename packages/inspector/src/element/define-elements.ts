/** Names of all elements. */
import { AboutDialog } from '../views/about-dialog.ts'
import { ArchivePicker } from '../views/archive-picker.ts'
import { BaseDialog } from '../views/base-dialog.ts'
import { BytesView } from '../views/bytes-view.ts'
import { CheckReportView } from '../views/check-report.ts'
import { CheckView } from '../views/check-view.ts'
import { CompareView } from '../views/compare-view.ts'
import { DifferenceList } from '../views/difference-list.ts'
import { EntryFacts } from '../views/entry-facts.ts'
import { EntryPanel } from '../views/entry-panel.ts'
import { EntryPreview } from '../views/entry-preview.ts'
import { FileList } from '../views/file-list.ts'
import { FilesView } from '../views/files-view.ts'
import { FolderTree } from '../views/folder-tree.ts'
import { ListBar } from '../views/list-bar.ts'
import { HexPreview } from '../views/hex-preview.ts'
import { ImagePreview } from '../views/image-preview.ts'
import { NestedPreview } from '../views/nested-preview.ts'
import { PictureView } from '../views/picture-view.ts'
import { SaveButton } from '../views/save-button.ts'
import { StartView } from '../views/start-view.ts'
import { TakeBar } from '../views/take-bar.ts'
import { TextPreview } from '../views/text-preview.ts'
import { TroubleNotice } from '../views/trouble-notice.ts'
import { IsptarInspector } from './isptar-inspector.ts'

const ELEMENTS: Readonly<Record<string, CustomElementConstructor>> = {
  'isptar-about-dialog': AboutDialog,
  'isptar-archive-picker': ArchivePicker,
  'isptar-base-dialog': BaseDialog,
  'isptar-bytes-view': BytesView,
  'isptar-check-report': CheckReportView,
  'isptar-check-view': CheckView,
  'isptar-compare-view': CompareView,
  'isptar-difference-list': DifferenceList,
  'isptar-entry-facts': EntryFacts,
  'isptar-entry-panel': EntryPanel,
  'isptar-entry-preview': EntryPreview,
  'isptar-file-list': FileList,
  'isptar-files-view': FilesView,
  'isptar-folder-tree': FolderTree,
  'isptar-list-bar': ListBar,
  'isptar-hex-preview': HexPreview,
  'isptar-image-preview': ImagePreview,
  'isptar-nested-preview': NestedPreview,
  'isptar-picture-view': PictureView,
  'isptar-save-button': SaveButton,
  'isptar-start-view': StartView,
  'isptar-take-bar': TakeBar,
  'isptar-text-preview': TextPreview,
  'isptar-trouble-notice': TroubleNotice,
  'isptar-inspector': IsptarInspector,
}

/** Registers those that are not registered yet. */
export function defineElements(): void {
  for (const [name, constructor] of Object.entries(ELEMENTS))
    if (customElements.get(name) === undefined) customElements.define(name, constructor)
}
