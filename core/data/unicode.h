// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Unicode side of BERT's basic tokenization. Character properties and normalisation come from utf8proc;
// its Unicode version decides which characters count as assigned (an unassigned one is a control character).
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lottery::unicode {

inline constexpr char32_t kReplacement = 0xFFFD;

// One character at `text[at]`; moves `at` behind it. Ill-formed bytes give U+FFFD, one per maximal subpart (The
// Unicode Standard, section 3.9, the same as Python's errors="replace"). Precondition: at < text.size().
char32_t decode(std::string_view text, std::size_t& at);
// Where the first ill-formed byte sequence of `text` begins; npos when there is none.
std::size_t find_ill_formed(std::string_view text);
void append(std::string& out, char32_t c);
// Characters of well-formed text.
std::size_t length(std::string_view text);

// Categories Cc, Cf, Cn, Co and Cs, except tab, newline and carriage return.
bool is_control(char32_t c);
// What BERT turns into a space or Python's str.split splits at: tab, newline, carriage return, Zs, Zl, Zp.
bool is_space(char32_t c);
// Categories P*, and every ASCII character that is no letter, digit, space or control.
bool is_punctuation(char32_t c);
// Nonspacing marks (Mn): what stripping accents removes.
bool is_nonspacing_mark(char32_t c);
// The CJK ideograph blocks BERT sets apart, each character a word.
bool is_cjk(char32_t c);

// Appends the lower case of `c` as full mapping (one character, two for U+0130).
void append_lower(std::u32string& out, char32_t c);
// Canonical decomposition (NFD) and composition (NFC) in place.
void decompose(std::u32string& text);
void compose(std::u32string& text);

}  // namespace lottery::unicode
