// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text into words, before WordPiece: what BERT calls basic tokenization. Control characters go, every kind of
// space separates, punctuation and CJK ideographs stand alone; uncased also lower-cases and strips accents,
// cased composes to NFC.
//
// Thread rule: immutable after construction.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace lottery {

// Written in a text, these stay one token each (where the vocabulary has them).
inline constexpr std::array<std::string_view, 5> kSpecialTokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

class BasicTokenizer {
public:
    explicit BasicTokenizer(bool lower_case);

    // Appends the words of `text` to `words`, each followed by one space; a word holds no space itself.
    // Ill-formed bytes are dropped.
    void append_words(std::string_view text, std::string& words) const;

private:
    // Letters, digits and punctuation of ASCII only.
    void append_words_of_plain_chunk(std::string_view chunk, std::string& words) const;
    // The general way, for a stretch of text without ASCII white space around it.
    void append_words_of_chunk(std::string_view chunk, std::string& words) const;
    void append_word(std::u32string& word, std::string& words) const;

    enum class ByteKind : unsigned char { Letter, Punctuation, Space, Other };
    bool lower_case_;
    std::array<ByteKind, 256> kind_{};  // Other: controls and non-ASCII
    std::array<char, 256> mapped_{};    // lower-cased where wanted
};

}  // namespace lottery
