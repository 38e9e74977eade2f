// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/wordpiece.h"

#include <utility>

#include "core/base/json.h"
#include "core/data/unicode.h"

namespace lottery {
namespace {

// Settings of BertTokenizer that would change its tokens and that this tokenizer does not have: better refused
// than silently different.
Status check_config(const Json& config, bool lower_case, const std::string& place) {
    const auto refuse = [&](const std::string& key) {
        return Error{"\"" + key + "\": " + config[key].dump() + " is not supported", place,
                     "Only BERT's usual tokenization is: basic tokenization with CJK characters set apart, accents "
                     "stripped exactly when lower-casing"};
    };
    const auto given = [&](const char* key) { return config.contains(key) && !config[key].is_null(); };
    for (const char* key : {"tokenize_chinese_chars", "do_basic_tokenize"})
        if (given(key) && config[key] != Json(true)) return refuse(key);
    if (given("strip_accents") && config["strip_accents"] != Json(lower_case)) return refuse("strip_accents");
    if (given("never_split") && !config["never_split"].empty()) return refuse("never_split");
    return ok();
}

}  // namespace

WordPieceTokenizer::WordPieceTokenizer(Vocabulary vocabulary, TokenizerOptions options)
    : vocabulary_(std::move(vocabulary)), options_(options), basic_(options.lower_case), pieces_(vocabulary_.tokens()) {
    for (const auto name : kSpecialTokens)
        if (const auto id = vocabulary_.id(name); id >= 0) special_.push_back({name, id});
}

Result<WordPieceTokenizer> WordPieceTokenizer::from_checkpoint(const std::filesystem::path& checkpoint) {
    std::error_code ec;
    const auto vocab = checkpoint / "vocab.txt";
    if (!std::filesystem::exists(vocab, ec))
        return Error{"no such file", vocab.string(),
                     "A checkpoint folder needs the vocab.txt its model was trained with; copy it there"};
    LOTTERY_TRY(Vocabulary vocabulary, Vocabulary::read(vocab));
    TokenizerOptions options;
    const auto config_file = checkpoint / "tokenizer_config.json";
    if (std::filesystem::exists(config_file, ec)) {
        const std::string place = config_file.string();
        LOTTERY_TRY(const Json config, read_json(config_file));
        if (!config.is_object())
            return Error{std::string("a JSON object was expected, found ") + config.type_name(), place, {}};
        if (config.contains("do_lower_case")) {
            if (!config["do_lower_case"].is_boolean())
                return Error{"\"do_lower_case\": true or false was expected, found " + config["do_lower_case"].dump(),
                             place,
                             {}};
            options.lower_case = config["do_lower_case"].get<bool>();
        }
        LOTTERY_CHECK(check_config(config, options.lower_case, place));
    }
    return WordPieceTokenizer(std::move(vocabulary), options);
}

std::vector<std::int32_t> WordPieceTokenizer::tokenize(std::string_view text) const {
    std::vector<std::int32_t> ids;
    ids.reserve(text.size() / 4 + 4);
    Scratch scratch;
    std::size_t begin = 0;
    for (auto at = text.find('['); at != std::string_view::npos; at = text.find('[', at)) {
        const auto* special = special_at(text.substr(at));
        if (special == nullptr) {
            ++at;
            continue;
        }
        append_ids(text.substr(begin, at - begin), scratch, ids);
        ids.push_back(special->id);
        begin = at += special->name.size();
    }
    append_ids(text.substr(begin), scratch, ids);
    return ids;
}

std::vector<std::string> WordPieceTokenizer::tokenize_to_strings(std::string_view text) const {
    std::vector<std::string> tokens;
    for (const auto id : tokenize(text)) tokens.push_back(vocabulary_.token(id));
    return tokens;
}

const WordPieceTokenizer::Special* WordPieceTokenizer::special_at(std::string_view text) const {
    for (const auto& special : special_)
        if (text.starts_with(special.name)) return &special;
    return nullptr;
}

void WordPieceTokenizer::append_ids(std::string_view text, Scratch& scratch, std::vector<std::int32_t>& ids) const {
    scratch.words.clear();
    scratch.words.reserve(text.size() + text.size() / 4 + 2);
    basic_.append_words(text, scratch.words);
    const std::string_view words = scratch.words;
    const auto max_chars = static_cast<std::size_t>(options_.max_input_chars_per_word);
    for (std::size_t begin = 0; begin < words.size();) {
        const auto end = words.find(' ', begin);
        const auto word = words.substr(begin, end - begin);
        begin = end + 1;
        if (word.size() > max_chars && unicode::length(word) > max_chars) {
            ids.push_back(vocabulary_.unk_id());
            continue;
        }
        const auto first = ids.size();
        for (std::size_t at = 0; at < word.size();) {
            const auto match = pieces_.longest_match(word.substr(at), at > 0, scratch.hashes);
            if (match.id < 0) {  // one unknown part makes the whole word unknown
                ids.resize(first);
                ids.push_back(vocabulary_.unk_id());
                break;
            }
            ids.push_back(match.id);
            at += match.length;
        }
    }
}

}  // namespace lottery
