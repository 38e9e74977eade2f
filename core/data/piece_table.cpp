// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/piece_table.h"

#include <algorithm>
#include <bit>

namespace lottery {
namespace {

// Two starting values keep a piece and its "##" twin apart.
constexpr std::uint64_t kSeeds[2] = {0xCBF29CE484222325ULL, 0x84222325CBF29CE4ULL};

std::uint64_t extend(std::uint64_t hash, char byte) {
    return (hash ^ static_cast<unsigned char>(byte)) * 0x9E3779B97F4A7C15ULL;
}

// Part of the hash, and in its lowest bit whether the piece continues a word.
std::uint32_t tag_of(std::uint64_t hash, bool continues) {
    return (static_cast<std::uint32_t>(hash >> 16) & ~1U) | static_cast<std::uint32_t>(continues);
}

}  // namespace

PieceTable::PieceTable(const std::vector<std::string>& tokens) {
    const auto slots = std::bit_ceil(std::max<std::size_t>(2, tokens.size() * 2));
    slots_.resize(slots);
    shift_ = 64 - std::countr_zero(slots);
    begins_.reserve(tokens.size() + 1);
    begins_.push_back(0);
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const bool continues = tokens[id].size() > 2 && tokens[id].starts_with("##");
        const auto text = std::string_view(tokens[id]).substr(continues ? 2 : 0);
        bytes_ += text;
        begins_.push_back(static_cast<std::uint32_t>(bytes_.size()));
        longest_[continues] = std::max(longest_[continues], text.size());
        std::uint64_t hash = kSeeds[continues];
        for (const char byte : text) hash = extend(hash, byte);
        auto at = static_cast<std::size_t>(hash >> shift_);
        while (slots_[at].id >= 0) at = (at + 1) & (slots - 1);
        slots_[at] = {tag_of(hash, continues), static_cast<std::int32_t>(id)};
    }
}

std::string_view PieceTable::piece(std::int32_t id) const {
    const auto i = static_cast<std::size_t>(id);
    return std::string_view(bytes_).substr(begins_[i], begins_[i + 1] - begins_[i]);
}

std::int32_t PieceTable::find(std::uint64_t hash, std::string_view wanted, bool continues) const {
    const auto tag = tag_of(hash, continues);
    for (auto at = static_cast<std::size_t>(hash >> shift_); slots_[at].id >= 0; at = (at + 1) & (slots_.size() - 1)) {
        const auto id = slots_[at].id;
        if (slots_[at].tag == tag && piece(id) == wanted) return id;
    }
    return -1;
}

PieceTable::Match PieceTable::longest_match(std::string_view rest, bool continues, Scratch& scratch) const {
    const auto limit = std::min(rest.size(), longest_[continues]);
    if (scratch.size() < limit) scratch.resize(limit);
    std::uint64_t hash = kSeeds[continues];
    for (std::size_t i = 0; i < limit; ++i) scratch[i] = hash = extend(hash, rest[i]);
    for (std::size_t length = limit; length > 0; --length) {
        const bool inside_character = length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80;
        if (inside_character) continue;
        const auto id = find(scratch[length - 1], rest.substr(0, length), continues);
        if (id >= 0) return {id, length};
    }
    return {};
}

}  // namespace lottery
