// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace lottery::unicode {
namespace {

utf8proc_category_t category(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

utf8proc_propval_t combining_class(char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

}  // namespace

char32_t decode(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at++);
    if (lead < 0x80) return lead;
    // The range of the second byte excludes overlong forms, surrogates and values above U+10FFFF.
    int more = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    char32_t c = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
        c = lead & 0x1F;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        c = lead & 0x0F;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        c = lead & 0x07;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    } else {
        return kReplacement;
    }
    for (; more > 0; --more) {
        if (at == text.size() || byte(at) < low || byte(at) > high) return kReplacement;
        c = c << 6 | (byte(at++) & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return c;
}

std::size_t find_ill_formed(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const auto begin = at;
        // A well-formed U+FFFD takes three bytes and starts with EF; a replacement never consumes such a triple.
        if (decode(text, at) == kReplacement && text.substr(begin, 3) != "\xEF\xBF\xBD") return begin;
    }
    return std::string_view::npos;
}

void append(std::string& out, char32_t c) {
    const auto put = [&](char32_t v) { out += static_cast<char>(static_cast<unsigned char>(v)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_control(char32_t c) {
    if (c == '\t' || c == '\n' || c == '\r') return false;
    const auto k = category(c);
    return k == UTF8PROC_CATEGORY_CN || (k >= UTF8PROC_CATEGORY_CC && k <= UTF8PROC_CATEGORY_CO);
}

bool is_space(char32_t c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return true;
    const auto k = category(c);
    return k >= UTF8PROC_CATEGORY_ZS && k <= UTF8PROC_CATEGORY_ZP;
}

bool is_punctuation(char32_t c) {
    if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
    const auto k = category(c);
    return k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_PO;
}

bool is_nonspacing_mark(char32_t c) { return category(c) == UTF8PROC_CATEGORY_MN; }

bool is_cjk(char32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2CEAF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

void append_lower(std::u32string& out, char32_t c) {
    if (c == 0x130) {  // the one character whose lower case is longer than itself
        out += U"i\u0307";
        return;
    }
    out += static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

void decompose(std::u32string& text) {
    std::u32string out;
    out.reserve(text.size() + text.size() / 2);
    bool has_marks = false;
    for (const char32_t c : text) {
        utf8proc_int32_t parts[8];  // canonical decompositions have at most four characters
        int boundclass = 0;
        const auto n =
            utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, 8, UTF8PROC_DECOMPOSE, &boundclass);
        for (utf8proc_ssize_t i = 0; i < n; ++i) {
            out += static_cast<char32_t>(parts[i]);
            has_marks = has_marks || combining_class(out.back()) != 0;
        }
    }
    if (has_marks) {
        const auto is_mark = [](char32_t c) { return combining_class(c) != 0; };
        for (auto begin = out.begin(); (begin = std::find_if(begin, out.end(), is_mark)) != out.end();) {
            const auto end = std::find_if_not(begin, out.end(), is_mark);
            std::stable_sort(begin, end,
                             [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
            begin = end;
        }
    }
    text = std::move(out);
}

void compose(std::u32string& text) {
    decompose(text);
    // utf8proc takes U+11A7, the position before the first final consonant, for a final consonant and loses it.
    // Nothing composes with it, so each stretch between two of them is composed for itself.
    constexpr char32_t kBeforeFinals = 0x11A7;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    std::u32string out;
    out.reserve(text.size());
    std::vector<utf8proc_int32_t> stretch;
    for (auto begin = text.begin();;) {
        const auto end = std::find(begin, text.end(), kBeforeFinals);
        stretch.assign(begin, end);
        const auto n = utf8proc_normalize_utf32(stretch.data(), static_cast<utf8proc_ssize_t>(stretch.size()), options);
        out.append(stretch.begin(), stretch.begin() + n);
        if (end == text.end()) break;
        out += kBeforeFinals;
        begin = end + 1;
    }
    text = std::move(out);
}

}  // namespace lottery::unicode
