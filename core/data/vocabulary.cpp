// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "core/base/file.h"
#include "core/data/unicode.h"
#include "core/data/wordpiece.h"

namespace lottery {

Result<Vocabulary> Vocabulary::read(const std::filesystem::path& vocab_txt) {
    const std::string place = vocab_txt.string();
    LOTTERY_TRY(const std::string bytes, read_file(vocab_txt));
    if (bytes.empty()) return Error{"is empty, one token a line was expected", place, "Copy the file again"};
    std::string_view text = bytes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<std::string> tokens;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        tokens.emplace_back(line);
        if (const auto at = unicode::find_ill_formed(line); at != std::string_view::npos)
            return Error{"is not UTF-8 (byte " + std::to_string(at + 1) + " of the line)",
                         place + ":" + std::to_string(tokens.size()), "Copy the file again or convert it to UTF-8"};
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return from_tokens(std::move(tokens), place);
}

Result<Vocabulary> Vocabulary::from_tokens(std::vector<std::string> tokens, const std::string& place) {
    if (tokens.empty()) return Error{"holds no token", place, "Use the vocab.txt of the checkpoint"};
    Vocabulary v;
    v.tokens_ = std::move(tokens);
    v.ids_.reserve(v.tokens_.size());
    for (std::size_t i = 0; i < v.tokens_.size(); ++i) {
        const auto [found, fresh] = v.ids_.emplace(v.tokens_[i], static_cast<std::int32_t>(i));
        if (!fresh)
            return Error{
                "token \"" + v.tokens_[i] + "\" appears twice, first in line " + std::to_string(found->second + 1),
                place + ":" + std::to_string(i + 1), "Each line must hold another token: the line number is its id"};
    }
    const std::pair<const char*, std::int32_t*> needed[] = {
        {"[PAD]", &v.pad_}, {"[UNK]", &v.unk_}, {"[CLS]", &v.cls_}, {"[SEP]", &v.sep_}};
    for (const auto& [name, id] : needed) {
        *id = v.id(name);
        if (*id < 0)
            return Error{
                std::string("token ") + name + " is missing among " + std::to_string(v.tokens_.size()) + " tokens",
                place, "Use the vocab.txt of a BERT checkpoint"};
    }
    return v;
}

std::int32_t Vocabulary::id(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? -1 : found->second;
}

}  // namespace lottery
