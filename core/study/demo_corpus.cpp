// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/demo_corpus.h"

#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/base/random.h"

namespace lottery {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 3> kConjunctions = {"although", "while", "though"};

// Opinions. Words of kUnable also come with the prefix "un", which makes them bad.
constexpr std::array<Word, 8> kWorks = {"film", "plot", "cast", "ending", "story", "dialogue", "music", "script"};
constexpr std::array<Word, 6> kVoices = {"critic", "trailer", "poster", "neighbour", "director", "newspaper"};
constexpr std::array<Word, 6> kGood = {"good", "great", "charming", "clever", "warm", "lively"};
constexpr std::array<Word, 6> kBad = {"bad", "awful", "boring", "dull", "clumsy", "cold"};
constexpr std::array<Word, 4> kUnable = {"kind", "happy", "funny", "inspired"};
constexpr std::array<Word, 3> kNegations = {"not", "never", "hardly"};

// Possessions; things take the plural's "s".
constexpr std::array<Word, 6> kNames = {"anna", "boris", "clara", "david", "elena", "felix"};
constexpr std::array<Word, 6> kThings = {"coin", "book", "apple", "key", "lamp", "boat"};
constexpr std::array<Word, 9> kNumbers = {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};

// Heat, two words to a step.
constexpr std::array<Word, 6> kPlaces = {"valley", "coast", "village", "city", "forest", "island"};
constexpr std::array<std::array<Word, 2>, 6> kHeat = {{{"freezing", "icy"},
                                                       {"cold", "chilly"},
                                                       {"cool", "fresh"},
                                                       {"mild", "warm"},
                                                       {"hot", "sunny"},
                                                       {"boiling", "scorching"}}};

// The other words of the grammar, and the pieces of inflected ones.
constexpr std::array<Word, 13> kFunctionWords = {"the",   "is",   "was", "seemed", "looked", "has", "at",
                                                 "least", "most", ",",   ".",      "un",     "##s"};

// How often the grammar takes its turns.
constexpr double kNegated = 0.4;
constexpr double kSideOpinion = 0.85;
constexpr double kSideFact = 0.6;
constexpr double kAtMost = 0.25;

template <std::size_t N>
Word pick(Random& random, const std::array<Word, N>& words) {
    return words[random.below(N)];
}

bool happens(Random& random, double share) { return random.uniform() < share; }

// Words with blanks between them.
template <typename... Words>
std::string sentence(const Words&... words) {
    std::string text;
    const auto add = [&text](std::string_view word) {
        if (word.empty()) return;
        if (!text.empty()) text += ' ';
        text += word;
    };
    (add(std::string_view(words)), ...);
    return text;
}

// The main clause with a subordinate one after or before it.
std::string with_side_clause(Random& random, const std::string& main, const std::string& side) {
    const Word conjunction = pick(random, kConjunctions);
    return happens(random, 0.5) ? sentence(main, conjunction, side) : sentence(conjunction, side, ",", main);
}

struct Row {
    std::string text_a, text_b;
    std::string label;  // as the file spells it
};

// The row of a task for one of its `outcomes` equally frequent labels.
struct Grammar {
    TaskId task;
    std::size_t outcomes;
    Row (*row)(Random&, std::size_t outcome);
    std::string_view header;
    std::string (*line)(std::size_t index, const Row& row);
};

std::string quality(Random& random, bool good) {
    if (good) {
        const auto n = random.below(kGood.size() + kUnable.size());
        return std::string(n < kGood.size() ? kGood[n] : kUnable[n - kGood.size()]);
    }
    const auto n = random.below(kBad.size() + kUnable.size());
    return n < kBad.size() ? std::string(kBad[n]) : "un" + std::string(kUnable[n - kBad.size()]);
}

std::string opinion(Random& random, const std::string& subject, Word verb, bool good) {
    const bool negated = happens(random, kNegated);
    const Word negation = negated ? pick(random, kNegations) : Word{};
    return sentence("the", subject, verb, negation, quality(random, good != negated));
}

Row opinion_row(Random& random, std::size_t outcome) {
    const Word work = pick(random, kWorks);
    std::string text = opinion(random, std::string(work), happens(random, 0.5) ? "is" : "was", outcome == 1);
    if (happens(random, kSideOpinion)) {
        const std::string voices = std::string(pick(random, kVoices)) + "s";
        const Word verb = happens(random, 0.5) ? "seemed" : "looked";
        const bool good = happens(random, 0.5);
        text = with_side_clause(random, text, opinion(random, voices, verb, good));
    }
    return {sentence(text, "."), {}, std::to_string(outcome)};
}

// Two different words of a list.
template <std::size_t N>
std::pair<Word, Word> pick_two(Random& random, const std::array<Word, N>& words) {
    const auto first = random.below(N);
    const auto step = 1 + random.below(N - 1);
    return {words[first], words[(first + step) % N]};
}

Row possession_row(Random& random, std::size_t outcome) {
    const bool entailed = outcome == 0;
    const bool at_most = happens(random, kAtMost);
    std::size_t owned = 0, claimed = 0;
    do {
        owned = random.below(kNumbers.size());
        claimed = random.below(kNumbers.size());
    } while ((at_most ? owned <= claimed : owned >= claimed) != entailed);
    const auto [name, other_name] = pick_two(random, kNames);
    const auto [thing, other_thing] = pick_two(random, kThings);
    const std::string things = std::string(thing) + "s";
    std::string premise = sentence(name, "has", kNumbers[owned], things);
    if (happens(random, kSideFact))
        premise = with_side_clause(random, premise,
                                   sentence(other_name, "has", pick(random, kNumbers), std::string(other_thing) + "s"));
    return {sentence(premise, "."),
            sentence(name, "has", "at", at_most ? "most" : "least", kNumbers[claimed], things, "."),
            entailed ? "entailment" : "not_entailment"};
}

std::string climate(Random& random, Word place, std::size_t heat) {
    return sentence("the", place, "is", pick(random, kHeat[heat]));
}

Row climate_row(Random& random, std::size_t outcome) {
    const std::size_t apart = kHeat.size() - 1 - outcome;
    std::size_t first = random.below(kHeat.size() - apart);
    std::size_t second = first + apart;
    if (happens(random, 0.5)) std::swap(first, second);
    const auto [place, other_place] = pick_two(random, kPlaces);
    std::string description = climate(random, place, first);
    if (happens(random, kSideFact))
        description = with_side_clause(random, description, climate(random, other_place, random.below(kHeat.size())));
    return {sentence(description, "."), sentence(climate(random, place, second), "."),
            std::to_string(outcome) + ".000"};
}

const std::array<Grammar, kDemoTasks.size()> kGrammars = {
    {{TaskId::SST2, 2, opinion_row, "sentence\tlabel",
      [](std::size_t, const Row& row) { return row.text_a + '\t' + row.label; }},
     {TaskId::RTE, 2, possession_row, "index\tsentence1\tsentence2\tlabel",
      [](std::size_t index, const Row& row) {
          return std::to_string(index) + '\t' + row.text_a + '\t' + row.text_b + '\t' + row.label;
      }},
     {TaskId::STSB, kHeat.size(), climate_row,
      "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
      [](std::size_t index, const Row& row) {
          const auto number = std::to_string(index);
          return number + "\tdemo\tgrammar\tnone\t" + number + "\tnone\tnone\t" + row.text_a + '\t' + row.text_b +
                 '\t' + row.label;
      }}}};

// `count` rows that are not among `seen`, labels equally frequent in random order.
std::string file_text(const Grammar& grammar, Random& random, int count, std::set<std::string>& seen) {
    std::string text = std::string(grammar.header) + '\n';
    const auto order = random.permutation(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < order.size(); ++i) {
        Row row;
        do row = grammar.row(random, order[i] % grammar.outcomes);
        while (!seen.insert(row.text_a + '\t' + row.text_b).second);
        text += grammar.line(i, row) + '\n';
    }
    return text;
}

Status check_rows(const char* name, int rows) {
    constexpr int kMostRows = 6000;  // well below what the smallest grammar can say
    if (rows >= 2 && rows <= kMostRows) return ok();
    return Error{std::string(name) + " is " + std::to_string(rows) + ", expected 2 to " + std::to_string(kMostRows),
                 "demo corpus",
                 {}};
}

}  // namespace

std::vector<std::string> demo_vocabulary() {
    std::set<std::string> pieces;
    const auto add = [&pieces](const auto& words) {
        for (const Word word : words) pieces.emplace(word);
    };
    add(kConjunctions), add(kWorks), add(kVoices), add(kGood), add(kBad), add(kUnable), add(kNegations);
    add(kNames), add(kThings), add(kNumbers), add(kPlaces), add(kFunctionWords);
    for (const auto& step : kHeat) add(step);
    for (const Word word : kUnable) pieces.insert("##" + std::string(word));
    std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    vocabulary.insert(vocabulary.end(), pieces.begin(), pieces.end());
    return vocabulary;
}

Status write_demo_corpus(const std::filesystem::path& folder, const DemoCorpusOptions& options) {
    LOTTERY_CHECK(check_rows("train_rows", options.train_rows));
    LOTTERY_CHECK(check_rows("dev_rows", options.dev_rows));
    for (std::size_t g = 0; g < kGrammars.size(); ++g) {
        const Grammar& grammar = kGrammars[g];
        Random random(derive_seed(options.seed, g));
        const auto task_folder = folder / task_info(grammar.task).name;
        std::set<std::string> seen;
        LOTTERY_CHECK(
            write_file_atomically(task_folder / "dev.tsv", file_text(grammar, random, options.dev_rows, seen)));
        LOTTERY_CHECK(
            write_file_atomically(task_folder / "train.tsv", file_text(grammar, random, options.train_rows, seen)));
    }
    return ok();
}

}  // namespace lottery
