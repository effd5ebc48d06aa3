/** Encodings of before Unicode, told by a sentence or less of what is written in them. */
import { expect, test } from 'vitest'
import { guessEncoding } from '../../src/engine/guess-encoding.ts'

/** There are no encoders but for UTF-8: what each pair of bytes decodes to is turned round. */
function encoderOf(encoding: string): (text: string) => Uint8Array {
  const decoder = new TextDecoder(encoding)
  const table = new Map<string, readonly number[]>()
  const learn = (bytes: readonly number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes)
  }
  for (let byte = 0; byte < 256; byte += 1) learn([byte])
  for (let lead = 0x81; lead < 0xff; lead += 1) for (let trail = 0x40; trail < 0xff; trail += 1) learn([lead, trail])
  return (text) =>
    Uint8Array.from(
      Array.from(text).flatMap((char) => {
        const bytes = table.get(char)
        if (bytes === undefined) throw new Error(`${encoding} has no ${char}`)
        return bytes
      }),
    )
}

test.each<[language: string, encodings: readonly string[], text: string]>([
  [
    'Russian',
    ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'],
    'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  ],
  [
    'Ukrainian',
    ['windows-1251', 'iso-8859-5'],
    'Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю.',
  ],
  [
    'Bulgarian',
    ['windows-1251'],
    'Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест и следва да се отнасят помежду си в дух на братство.',
  ],
  [
    'Greek',
    ['windows-1253'],
    'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση.',
  ],
  ['Hebrew', ['windows-1255'], 'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.'],
  [
    'Arabic',
    ['windows-1256'],
    'يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً بروح الإخاء.',
  ],
  ['Thai', ['windows-874'], 'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ'],
  [
    'Japanese',
    ['shift_jis', 'euc-jp'],
    'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており',
  ],
  ['little Japanese', ['shift_jis', 'euc-jp'], '日本語のテキスト'],
  [
    'Korean',
    ['euc-kr'],
    '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며',
  ],
  ['Chinese', ['gb18030'], '人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。'],
  ['more Chinese', ['gb18030'], '这是一个中文文件，里面有一些说明：请先阅读本文件，然后再安装程序。'],
  [
    'traditional Chinese',
    ['big5'],
    '人人生而自由,在尊嚴和權利上一律平等。他們賦有理性和良心,並應以兄弟關係的精神相對待。',
  ],
  [
    'French',
    ['windows-1252'],
    'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.',
  ],
  ['little French', ['windows-1252'], 'café crème, naïve façade\ncafé crème, naïve façade\ncafé crème, naïve façade\n'],
  [
    'German',
    ['windows-1252'],
    'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Brüderlichkeit, Größe, Äpfel',
  ],
  ['little German', ['windows-1252'], 'Grüße'],
  [
    'Spanish',
    ['windows-1252'],
    'Todos los seres humanos nacen libres e iguales en dignidad, dotados como están de razón y conciencia, mañana',
  ],
  [
    'Portuguese',
    ['windows-1252'],
    'Todos os seres humanos nascem livres e iguais. Dotados de razão e de consciência, devem agir uns para com os outros; não há ações',
  ],
  ['Swedish', ['windows-1252'], 'Alla människor är födda fria och lika i värde och rättigheter. på åtta'],
  [
    'Polish',
    ['windows-1250'],
    'Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem',
  ],
  [
    'Czech',
    ['windows-1250'],
    'Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím',
  ],
  [
    'Hungarian',
    ['windows-1250'],
    'Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, űrhajó',
  ],
  [
    'Turkish',
    ['windows-1254'],
    'Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler',
  ],
  [
    'Lithuanian',
    ['windows-1257'],
    'Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė',
  ],
])('%s in %j', (_, encodings, text) => {
  for (const encoding of encodings) expect(guessEncoding(encoderOf(encoding)(text))).toBe(encoding)
})

test('Japanese of mails', () => {
  expect(guessEncoding(Buffer.from('Subject: \x1b$BF|K\\8l\x1b(B\n', 'latin1'))).toBe('iso-2022-jp')
  expect(guessEncoding(Buffer.from('\x1b[1mbold\x1b[0m costs 5$B\n', 'latin1'))).toBe('utf-8')
})
