// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/basic_tokenizer.h"

#include <algorithm>

#include "core/data/unicode.h"

namespace lottery {

BasicTokenizer::BasicTokenizer(bool lower_case) : lower_case_(lower_case) {
    kind_.fill(ByteKind::Other);
    for (unsigned char b = 0; b < 0x80; ++b) {
        mapped_[b] = lower_case && b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : static_cast<char>(b);
        if (unicode::is_space(b))
            kind_[b] = ByteKind::Space;
        else if (unicode::is_punctuation(b))
            kind_[b] = ByteKind::Punctuation;
        else if (!unicode::is_control(b))
            kind_[b] = ByteKind::Letter;
    }
}

void BasicTokenizer::append_words(std::string_view text, std::string& words) const {
    const auto kind = [&](std::size_t i) { return kind_[static_cast<unsigned char>(text[i])]; };
    // No normalisation, lower-casing or punctuation rule reaches across ASCII white space, so each chunk between
    // it can go its own way: the short one for plain ASCII, the general one otherwise.
    for (std::size_t at = 0; at < text.size();) {
        if (kind(at) == ByteKind::Space) {
            ++at;
            continue;
        }
        const auto begin = at;
        while (at < text.size() && (kind(at) == ByteKind::Letter || kind(at) == ByteKind::Punctuation)) ++at;
        if (at == text.size() || kind(at) == ByteKind::Space) {
            append_words_of_plain_chunk(text.substr(begin, at - begin), words);
            continue;
        }
        while (at < text.size() && kind(at) != ByteKind::Space) ++at;
        append_words_of_chunk(text.substr(begin, at - begin), words);
    }
}

void BasicTokenizer::append_words_of_plain_chunk(std::string_view chunk, std::string& words) const {
    // At most a space on either side of each character.
    const auto mark = words.size();
    words.resize(mark + 2 * chunk.size() + 1);
    char* out = words.data() + mark;
    bool open = false;
    for (const char c : chunk) {
        const auto byte = static_cast<unsigned char>(c);
        if (kind_[byte] == ByteKind::Letter) {
            *out++ = mapped_[byte];
            open = true;
        } else {
            if (open) *out++ = ' ';
            *out++ = c;
            *out++ = ' ';
            open = false;
        }
    }
    if (open) *out++ = ' ';
    words.resize(static_cast<std::size_t>(out - words.data()));
}

void BasicTokenizer::append_words_of_chunk(std::string_view chunk, std::string& words) const {
    std::u32string decoded;
    decoded.reserve(chunk.size());
    for (std::size_t at = 0; at < chunk.size();) {
        const auto c = unicode::decode(chunk, at);
        if (lower_case_)
            unicode::append_lower(decoded, c);
        else
            decoded += c;
    }
    std::u32string cleaned;
    cleaned.reserve(decoded.size());
    for (const char32_t c : decoded) {
        if (c == unicode::kReplacement || unicode::is_control(c)) continue;
        if (unicode::is_space(c)) {
            cleaned += U' ';
        } else if (unicode::is_cjk(c)) {
            cleaned += U' ';
            cleaned += c;
            cleaned += U' ';
        } else {
            cleaned += c;
        }
    }
    // Uncased text ends up in NFD whatever form it passes through, cased text in NFC.
    if (lower_case_)
        unicode::decompose(cleaned);
    else
        unicode::compose(cleaned);

    std::u32string word;
    for (const char32_t c : cleaned) {
        if (c != U' ') {
            word += c;
            continue;
        }
        append_word(word, words);
        word.clear();
    }
    append_word(word, words);
}

// `word` is cleaned and normalised; accents and punctuation are still to be dealt with.
void BasicTokenizer::append_word(std::u32string& word, std::string& words) const {
    if (lower_case_) std::erase_if(word, unicode::is_nonspacing_mark);
    if (word.empty()) return;
    // A special token that came apart only by characters dropped here is whole again, and stays so.
    const auto spells = [&](std::string_view s) { return std::equal(word.begin(), word.end(), s.begin(), s.end()); };
    const bool split = std::none_of(kSpecialTokens.begin(), kSpecialTokens.end(), spells);
    bool open = false;
    for (const char32_t c : word) {
        const bool alone = split && unicode::is_punctuation(c);
        if (alone && open) words += ' ';
        unicode::append(words, c);
        if (alone) words += ' ';
        open = !alone;
    }
    if (open) words += ' ';
}

}  // namespace lottery
