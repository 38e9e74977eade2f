// SPDX-License-Identifier: GPL-3.0-or-later
//
// WordPiece tokenization, token for token equal to Hugging Face's BertTokenizer (transformers 4.57,
// slow tokenizer, the reference of the paper's time), uncased and cased.
//
// Text comes as UTF-8. Ill-formed bytes are replaced by U+FFFD one maximal subpart at a time (and so dropped,
// as BertTokenizer drops U+FFFD). Special tokens written in the text ("[SEP]") stay one token, as there.
//
// Characters that Unicode assigned after the version of the reference's Python are the one known difference:
// what is unassigned there is dropped as a control character.
//
// Thread rule: immutable after construction; any number of threads may tokenize.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/data/basic_tokenizer.h"
#include "core/data/piece_table.h"

namespace lottery {

// vocab.txt: one token a line, the line number is the id.
class Vocabulary {
public:
    // Errors: missing or empty file, broken UTF-8, a token twice, one of [PAD] [UNK] [CLS] [SEP] absent.
    static Result<Vocabulary> read(const std::filesystem::path& vocab_txt);
    static Result<Vocabulary> from_tokens(std::vector<std::string> tokens, const std::string& place);

    [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(tokens_.size()); }
    [[nodiscard]] const std::string& token(std::int32_t id) const { return tokens_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
    // -1 when absent.
    [[nodiscard]] std::int32_t id(std::string_view token) const;
    [[nodiscard]] std::int32_t pad_id() const { return pad_; }
    [[nodiscard]] std::int32_t unk_id() const { return unk_; }
    [[nodiscard]] std::int32_t cls_id() const { return cls_; }
    [[nodiscard]] std::int32_t sep_id() const { return sep_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
    };
    std::vector<std::string> tokens_;
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> ids_;
    std::int32_t pad_ = -1, unk_ = -1, cls_ = -1, sep_ = -1;
};

struct TokenizerOptions {
    bool lower_case = true;              // lower-case and strip accents (uncased checkpoints)
    int max_input_chars_per_word = 100;  // longer words become [UNK]
};

class WordPieceTokenizer {
public:
    WordPieceTokenizer(Vocabulary vocabulary, TokenizerOptions options);
    // vocab.txt of a checkpoint folder; `lower_case` from tokenizer_config.json's do_lower_case when there, else true.
    // Errors: those of Vocabulary::read; settings in tokenizer_config.json that ask for another tokenization.
    static Result<WordPieceTokenizer> from_checkpoint(const std::filesystem::path& checkpoint);

    [[nodiscard]] std::vector<std::int32_t> tokenize(std::string_view text) const;  // ids, no special tokens
    [[nodiscard]] std::vector<std::string> tokenize_to_strings(std::string_view text) const;
    [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
    [[nodiscard]] const TokenizerOptions& options() const { return options_; }

private:
    struct Special {
        std::string_view name;
        std::int32_t id;
    };
    struct Scratch {
        std::string words;
        PieceTable::Scratch hashes;
    };
    // The special token `text` begins with, or null.
    [[nodiscard]] const Special* special_at(std::string_view text) const;
    // `text` holds no special token.
    void append_ids(std::string_view text, Scratch& scratch, std::vector<std::int32_t>& ids) const;

    Vocabulary vocabulary_;
    TokenizerOptions options_;
    BasicTokenizer basic_;
    PieceTable pieces_;
    std::vector<Special> special_;  // those the vocabulary has
};

}  // namespace lottery
