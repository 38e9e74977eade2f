# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that are hard for a WordPiece tokenizer, as bytes under a name; used by make_tokenizer_goldens.py.

Only characters that Unicode 14 assigns, and noncharacters, which no version ever will: tokenizers built on
later versions must agree.
"""

import random
import unicodedata

# (name, texts); a text is str or, where ill-formed, bytes.
GROUPS = {
    "plain": [
        "", " ", "\t\n\r ", "Hello, World!", "unaffable", "The  quick\tbrown\nfox\r\njumps", "don't can't won't",
        "U.S.A. $3.50 50% #1 @home a_b c-d", "e-mail: a@b.c?!...", "\"quoted\" (text) [brackets] {braces} <tags>",
        "x=y+z*2/3^4|5~6`7\\8", "3.14159 1,000,000 2nd", "ALL CAPS and MiXeD cAsE", "a##b ##ing # ## ###x",
    ],
    "accents": [
        "café CAFÉ Café", "cafe\u0301 CAFE\u0301", "naïve résumé Ångström", "A\u030angstro\u0308m", "\u212bngstr\u00f6m",
        "\u1e9b\u0323 \u1e69 s\u0323\u0307 s\u0307\u0323", "\u0344 a\u0344 \u0308\u0301", "Zürich Straße STRASSE ẞ ß",
        "ő ű Ő Ű ø Ø đ Đ ł Ł", "\u0301lone \u0301 mark", "a\u0301\u0302\u0303\u0304\u0305b", "Việt Nam tiếng Việt",
        "q\u0307\u0323 q\u0323\u0307", "\u0958 \u0915\u093c", "\u2126 \u212a \u2000\u2001", "\u0340\u0341\u0343\u0374\u037e\u0387",
        "\u226f \u2260 >\u0338 =\u0338", "\u1fcd \u1fef \u1ffd", "\ufb1d \ufb2a \u05e9\u05c1", "\u0f73 \u0f75 \u0f81",
        "e\u0301" * 51, "e\u0301" * 101, "a" + "\u0300" * 150, "a" + "\u0323\u0301" * 40,
    ],
    "case": [
        "İstanbul ISTANBUL ıstanbul i̇", "I\u0307 İ\u0307", "ΟΔΥΣΣΕΥΣ Οδυσσεύς ΣΑΣ Σ σς", "ΑΣ. ΑΣ\u00adΑ ΑΣ'Α", "ǅ ǆ Ǆ ǈ ǲ",
        "ᾼ ᾳ ΑΙ \u1f88 \u0345", "ﬁ ﬂ ﬃ ſt ﬅ ŉ ǰ", "\U00010400\U00010428 \U00010C80 \U00016E40 \U0001E900",
        "\u13a0\uab70 \u1c90\u10d0 \u10a0", "Ⓐⓐ Ⅷⅷ ª º", "\u03f4 \u0410\u0430 Ёё Йй",
    ],
    "cjk": [
        "你好，世界。", "漢字kanji混ぜ", "日本語とEnglish", "ひらがなカタカナ ガパ が\u3099 か\u3099", "한국어 처리", "\u1112\u1161\u11ab\u1100\u116e\u11a8",
        "\u3400\u4dbf\u4dc0\u4dff\u4e00\u9fff\ua000", "\U00020000\U0002a6df \U0002a700\U0002b738 \U0002b740\U0002b81d \U0002b820\U0002ceaf \U0002ceb0\U0002ebe0",
        "\U0002f800\U0002fa1d \uf900\ufa0e\ufad9", "\U00030000\U0003134a", "\u3000全角　空白\u3000", "ＡＢＣ　１２３！？", "｡｢｣､･ｱｲｳﾞﾟ", "〇々〆ヶ㈱㍻",
        "\u302a\u302e\u1100\u302f", "가\u11a7 가\u11a8 각\u11a8 \u1100\u1161\u11a7\u11c2 가\u11c3 \u1112\u1176",
        "가" * 33, "가" * 34, "각" * 33, "각" * 34, "中" * 120,
    ],
    "emoji": [
        "I ❤️ NY 😀😃", "👩‍👩‍👧‍👦 family", "👍🏽 👍 🏽", "🇩🇪🇫🇷", "1️⃣ #️⃣ *️⃣", "a😀b", "\U0001f9d1\u200d\U0001f4bb", "☺☻♥♦ ★ ☎",
        "\U000e0067\U000e007f tag", "😀" * 100, "😀" * 101,
    ],
    "invisible": [
        "a\u200bb \u200b c\u200cd\u200de", "soft\u00adhyphen", "no\u00a0break\u202fspace\u2009thin\u2003em", "\ufeffbom in\ufeffside",
        "a\u2028b\u2029c \u2028 \u2029", "x\x00y \x01\x02 \x7f z\x80\x9f", "a\x0bb\x0cc\x1cd\x1de\x1ef\x1fg", "a\x85b \x85",
        "\u202aright\u202c \u2066left\u2069", "w\u2060j\u2061\u2062\u2063", "\u180e\u1680ogham\u205f.", "\ufff9a\ufffab\ufffb",
        "\ue000 \uf8ff \U000f0000 \U0010fffd private", "\ufffe \uffff \U0001fffe \ufdd0 nonchar", "a\ufffdb \ufffd \ufffd\ufffd",
        "\u0378 \u05ff \U000e0fff unassigned", "\u115f\u1160\u3164\uffa0 fillers", "\u034f\u17b4\u17b5\u00a0",
    ],
    "punctuation": [
        "a‐b–c—d―e", "‘single’ “double” ‚low„ ‹a› «b»", "…‥․ ‰ ′″‴ ※ ‽ ⁇⁈⁉", "¡hola! ¿qué? ·mid·", "€100 £5 ¥7 ¢9 ₹ ₿",
        "± × ÷ ≤ ≥ ∞ √ ∑ ∫", "© ® ™ § ¶ † ‡ ° № ℃", "_under‿score⁀ ﹍﹏＿", "؟ ، ؛ ٪ ۔", "।॥ ๏ ៖ ᠁ ᠂", "「」『』【】〔〕〈〉《》",
        "\u2e3a\u2e3b\u2e17 \u2e28\u2e29", "\u0f3a\u0f3b\u169b\u169c", "⸮⸲⹁", "`^$+<=>|~ ´¨¯¸", "\U00010100\U0001039f\U00011047\U0001da87",
    ],
    "scripts": [
        "مرحبا بالعالم", "مَرْحَبًا ـــ لآ ﷺ", "שלום עולם שָׁלוֹם", "नमस्ते दुनिया", "ภาษาไทย", "བོད་ཡིག", "ქართული", "አማርኛ", "Ελληνικά γλώσσα ΐ ΰ",
        "Русский язык ё й", "తెలుగు ಕನ್ನಡ മലയാളം", "မြန်မာ ខ្មែរ", "ᠮᠣᠩᠭᠣᠯ", "𝒜𝓁𝓅𝒽𝒶 𝟙𝟚𝟛", "\U0001d15e\U0001d165\U0001d16d \U0001d160",
        "ᏣᎳᎩ ⲁⲃ", "\u0ddd \u0dda\u0dcf \u0b4b \u0bca \U0001109a \U000114bb",
    ],
    "long words": [
        "a" * 99, "a" * 100, "a" * 101, "b" + "a" * 98 + " " + "a" * 150 + " a", "é" * 100, "é" * 101, "ab" * 50 + ".", "ab" * 51 + ".a",
        ("a" * 60 + "-") * 3, "a" * 50 + "\u200b" * 80 + "a" * 50, "a" * 50 + "\u200b" * 80 + "a" * 51, "a" * 5000,
    ],
    "special tokens": [
        "[CLS] a [SEP] b [MASK] c [PAD] d [UNK]", "[SEP][SEP]x[MASK]y", "a[SEP]b", "[cls] [Sep] [ MASK ]", "[[SEP]] [[MASK]", "[SEP [SEP", "[MASK",
        "[SE\u200bP] [SEP\u200b] [\u200bMASK]x", "[SE\x01P]x [CL\x02S]", "\u00a0[MASK]\u00a0[UN\u00adK]\u00a0", "É[SEP]\u0301e", "[MASK]\u0301 [UNK].", "[XYZ] [unused1]",
        b"[SE\xffP] \xff[SEP]\xff \xe2[CLS]\x82", "中[SEP]文",
    ],
    "ill-formed": [
        b"a\x80b \xbf", b"a\xc0\xafb \xc1\xbf", b"\xe0\x80\xaf \xe0\x9f\xbf x", b"\xf0\x80\x80\xaf \xf0\x8f\xbf\xbf x", b"\xf8\x88\x80\x80\x80 \xfc\x84\x80\x80\x80\x80 x",
        b"\xed\xa0\x80 \xed\xbf\xbf x", b"\xed\xa0\xbd\xed\xb8\x80 cesu", b"\xf4\x90\x80\x80 \xf5\x80\x80\x80 x", b"\xc3", b"abc\xe2\x82", b"\xe2\x82a\xe2a\x82",
        b"\xf0\x9f\x98 \xf0\x9f\x98a \xf0\x9f", b"\xc3(\xc3)", b"\xe2(\xa1 \xe2\x82(", b"\xf0\x28\x8c\xbc \xf0\x90\x28\xbc \xf0\x9f\x98\x28", b"\xfe\xff\xfe", b"caf\xe9 na\xefve",
        b"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf", b"\xef\xbb\xbfa", b"a\xcc\x81\xcc b\xcc\x81", bytes(range(0x80, 0x100)), bytes(range(256)),
    ],
}

# What the random texts are mixed from.
POOLS = [
    "abcdefgh", "ABCDXYZ", "0123456789", " \t\n\u00a0\u2009\u3000\u2028", ".,;:!?'\"()[]#-_", "éàüñçöÅØßIİıŁ",
    "\u0300\u0301\u0308\u0323\u0327\u0338\u0345\u031b\u05b0\u064b\u093c\u3099\u302e", "ΑΣσςΐάωΩ", "АБвгЁйї",
    "中文漢字\u3400\U00020000\uf900\U0002f800", "가각힣\u1100\u1161\u11a8\u11a7", "かがカガパ", "مرحباًأ", "कड़क्षढ़",
    "😀👍🏽❤\ufe0f\u200d", "\u200b\u200d\u00ad\ufeff\x00\x01\x7f\ufffd\ue000\uffff", "–—…“”«»،।", "\u212b\u2126\u1e9b\u0344\u0958\u1fcd\u226f\U0001d15e\U0001d165\U0001d16d",
]
RANDOM_TEXTS = 200


def random_texts():
    rng = random.Random(20201116)
    for _ in range(RANDOM_TEXTS):
        pools = rng.sample(POOLS, rng.randint(2, 6))
        text = "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randint(1, 40))).encode()
        if rng.random() < 0.25:  # damaged on the way
            at = rng.randrange(len(text))
            text = text[:at] + bytes([rng.randrange(256)]) + text[at + rng.randint(0, 2):]
            # A stray byte may complete a character that only a later Unicode version assigns.
            decoded = text.decode("utf-8", "replace")
            if any(unicodedata.category(c) == "Cn" and ord(c) & 0xFFFE != 0xFFFE for c in decoded):
                continue
        yield text


def cases():
    """name → bytes."""
    found = {}
    for group, texts in GROUPS.items():
        for i, text in enumerate(texts):
            found[f"{group} {i}"] = text if isinstance(text, bytes) else text.encode()
    for i, text in enumerate(random_texts()):
        found[f"random {i}"] = text
    return found
