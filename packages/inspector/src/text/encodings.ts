/** Encodings that one may choose, as the encoding standard calls them. */

/** Those of browsers that are not mere variants of another, by what they are for. */
export const ENCODINGS: readonly { readonly label: string; readonly encodings: readonly string[] }[] = [
  { label: 'Unicode', encodings: ['utf-8', 'utf-16le', 'utf-16be'] },
  { label: 'Western', encodings: ['windows-1252', 'iso-8859-15', 'macintosh'] },
  { label: 'Central European', encodings: ['windows-1250', 'iso-8859-2', 'iso-8859-16'] },
  {
    label: 'Baltic, Nordic, southern',
    encodings: ['windows-1257', 'iso-8859-13', 'iso-8859-4', 'iso-8859-10', 'iso-8859-3'],
  },
  { label: 'Cyrillic', encodings: ['windows-1251', 'koi8-r', 'koi8-u', 'iso-8859-5', 'ibm866', 'x-mac-cyrillic'] },
  { label: 'Greek, Turkish', encodings: ['windows-1253', 'iso-8859-7', 'windows-1254'] },
  { label: 'Hebrew, Arabic', encodings: ['windows-1255', 'iso-8859-8', 'windows-1256', 'iso-8859-6'] },
  { label: 'Thai, Vietnamese', encodings: ['windows-874', 'windows-1258'] },
  { label: 'Japanese', encodings: ['shift_jis', 'euc-jp', 'iso-2022-jp'] },
  { label: 'Chinese, Korean', encodings: ['gb18030', 'gbk', 'big5', 'euc-kr'] },
]
