// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/labelled_maps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/random.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMapEnding = ".npy";
constexpr std::size_t kIdDigits = 4;
constexpr const char* kForms = "Expected are labels.txt with lines \"class = id, id\", or a .tsv with name<TAB>class";

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// What stands before and behind the first `mark`; nothing where there is none.
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view text, char mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair{trimmed(text.substr(0, at)), trimmed(text.substr(at + 1))};
}

std::string_view without_ending(std::string_view name) {
    if (name.ends_with(kMapEnding)) name.remove_suffix(kMapEnding.size());
    return name;
}

Status check_name(std::string_view name, const std::string& place) {
    if (name.empty()) return Error{"a map's name was expected", place, {}};
    if (name == "." || name == ".." || name.find_first_of("/\\\t\n\r") != std::string_view::npos)
        return Error{"\"" + std::string(name) + "\" is no name of a map", place,
                     "Name the map's file alone; the folder is given beside the label file"};
    return ok();
}

class LabelReader {
public:
    explicit LabelReader(const fs::path& file) : file_(file) {}

    Result<std::vector<MapLabel>> read() {
        const bool tsv = file_.extension() == ".tsv";
        if (!tsv && file_.extension() != ".txt")
            return Error{"is neither .txt nor .tsv, so that its form is not known", file_.string(), kForms};
        LOTTERY_TRY(const std::string text, read_file(file_));
        std::string_view rest = text;
        if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
        for (; !rest.empty(); ++line_) {
            const auto end = rest.find('\n');
            const auto line = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            if (trimmed(line).empty()) continue;
            LOTTERY_CHECK(tsv ? read_row(line) : read_class(line));
        }
        if (labels_.empty()) return Error{"names no map", file_.string(), kForms};
        return std::move(labels_);
    }

private:
    [[nodiscard]] std::string place() const { return file_.string() + ":" + std::to_string(line_); }

    Status read_row(std::string_view line) {
        const auto columns = split(line, '\t');
        if (!columns || columns->second.find('\t') != std::string_view::npos)
            return Error{"two columns were expected, name and class", place(), "Separate them by one tab"};
        if (line_ == 1 && columns->first == "name" && (columns->second == "class" || columns->second == "label"))
            return ok();
        LOTTERY_TRY(const PatternClass label, parse_pattern(columns->second, place()));
        return add(std::string(without_ending(columns->first)), label);
    }

    Status read_class(std::string_view line) {
        const auto sides = split(line, '=');
        if (!sides) return Error{"no \"=\" found", place(), "Expected is: class = id, id"};
        LOTTERY_TRY(const PatternClass label, parse_pattern(sides->first, place()));
        std::string_view ids = sides->second;
        while (!ids.empty()) {
            const auto parts = split(ids, ',').value_or(std::pair{ids, std::string_view{}});
            std::string name(without_ending(parts.first));
            LOTTERY_CHECK(check_name(name, place()));
            if (name.find('_') == std::string::npos && name.size() < kIdDigits)
                name.insert(0, kIdDigits - name.size(), '0');
            LOTTERY_CHECK(add(std::move(name), label));
            ids = parts.second;
        }
        return ok();
    }

    Status add(std::string name, PatternClass label) {
        LOTTERY_CHECK(check_name(name, place()));
        const auto [known, is_new] = by_name_.try_emplace(name, label, line_);
        if (is_new) {
            labels_.push_back({std::move(name), label});
        } else if (known->second.first != label) {
            return Error{"map " + name + " is called " + to_string(label) + " here and " +
                             to_string(known->second.first) + " in line " + std::to_string(known->second.second),
                         place(), "Leave one of the two labels"};
        }
        return ok();
    }

    const fs::path& file_;
    int line_ = 1;
    std::vector<MapLabel> labels_;
    std::map<std::string, std::pair<PatternClass, int>> by_name_;  // with the line
};

Result<LabelledMap> read_map(const fs::path& folder, const MapLabel& label, const fs::path& label_file) {
    const fs::path file = folder / (label.name + std::string(kMapEnding));
    std::error_code ec;
    if (!fs::exists(file, ec))
        return Error{"names map " + label.name + ", which is not there: " + file.string(), label_file.string(),
                     "Is this the folder of the maps that were labelled?"};
    LOTTERY_TRY(Array array, read_npy(file));
    if (array.shape.size() != 2 || array.shape[0] != array.shape[1] || array.shape[0] == 0) {
        std::string shape;
        for (const auto extent : array.shape) shape += (shape.empty() ? "" : " × ") + std::to_string(extent);
        return Error{"a square map was expected, tokens × tokens; found " + (shape.empty() ? "one number" : shape),
                     file.string(),
                     {}};
    }
    const auto size = static_cast<std::size_t>(array.shape[0]);
    for (std::size_t i = 0; i < array.values.size(); ++i)
        if (!std::isfinite(array.values[i]))
            return Error{"holds " + std::to_string(array.values[i]) + " in row " + std::to_string(i / size) +
                             ", column " + std::to_string(i % size),
                         file.string(), "Leave this map out, or extract it again"};
    return LabelledMap{label.name, label.label, static_cast<int>(size), std::move(array.values)};
}

// Label files right in a folder, by name.
std::vector<fs::path> label_files_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec))
        if (entry.path().filename() == "labels.txt" || entry.path().extension() == ".tsv")
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

int LabelledMaps::smallest() const {
    const auto least = std::ranges::min_element(maps, {}, &LabelledMap::size);
    return least == maps.end() ? 0 : least->size;
}

int LabelledMaps::largest() const {
    const auto most = std::ranges::max_element(maps, {}, &LabelledMap::size);
    return most == maps.end() ? 0 : most->size;
}

std::array<int, pattern_count> LabelledMaps::counts() const {
    std::array<int, pattern_count> counts{};
    for (const auto& map : maps) ++counts[index_of(map.label)];
    return counts;
}

Result<std::vector<MapLabel>> read_label_file(const fs::path& file) { return LabelReader(file).read(); }

Status write_label_file(const fs::path& tsv, const std::vector<MapLabel>& labels) {
    std::string text = "name\tclass\n";
    for (const auto& label : labels) {
        LOTTERY_CHECK(check_name(label.name, tsv.string()));
        text += label.name + '\t' + to_string(label.label) + '\n';
    }
    return write_file_atomically(tsv, text);
}

Result<fs::path> find_label_file(const fs::path& folder) {
    std::error_code ec;
    if (!fs::is_directory(folder, ec)) return Error{"is not a folder", folder.string(), "Give the folder of the maps"};
    // Of "maps/" the folder above is not "maps".
    const fs::path whole = fs::weakly_canonical(folder, ec);
    for (const fs::path& place : {folder, (ec ? folder : whole).parent_path()}) {
        const auto found = label_files_in(place);
        if (found.size() == 1) return found.front();
        if (found.empty()) continue;
        std::string names;
        for (const auto& file : found) names += (names.empty() ? "" : ", ") + file.filename().string();
        return Error{"holds more than one label file: " + names, place.string(), "Say which one counts with --labels"};
    }
    return Error{"no label file in this folder or the one above it", folder.string(), kForms};
}

Result<LabelledMaps> read_labelled_maps(const fs::path& folder, const std::optional<fs::path>& label_file) {
    LabelledMaps set;
    if (label_file) {
        set.label_file = *label_file;
    } else {
        LOTTERY_TRY(set.label_file, find_label_file(folder));
    }
    LOTTERY_TRY(const auto labels, read_label_file(set.label_file));
    set.maps.reserve(labels.size());
    for (const auto& label : labels) {
        LOTTERY_TRY(auto map, read_map(folder, label, set.label_file));
        set.maps.push_back(std::move(map));
    }
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec))
        if (entry.path().extension() == kMapEnding) ++set.unlabelled;
    set.unlabelled -= static_cast<int>(labels.size());
    return set;
}

Status write_labelled_maps(const fs::path& folder, const LabelledMaps& maps) {
    std::vector<MapLabel> labels;
    std::set<std::string_view> names;
    for (const auto& map : maps.maps) {
        LOTTERY_CHECK(check_name(map.name, folder.string()));
        if (!names.insert(map.name).second)
            return Error{"two maps are called " + map.name, folder.string(), "Give every map a name of its own"};
        labels.push_back({map.name, map.label});
    }
    for (const auto& file : label_files_in(folder))
        if (file.filename() != "labels.tsv")
            return Error{"the folder holds another label file: " + file.filename().string(), folder.string(),
                         "Choose another folder, or remove this file"};
    for (const auto& map : maps.maps)
        LOTTERY_CHECK(write_npy(folder / (map.name + std::string(kMapEnding)), {{map.size, map.size}, map.values}));
    return write_label_file(folder / "labels.tsv", labels);
}

Result<std::vector<std::size_t>> stratified_validation(const LabelledMaps& maps, double share, std::uint64_t seed) {
    std::array<std::vector<std::size_t>, pattern_count> by_class;
    for (std::size_t i = 0; i < maps.maps.size(); ++i) by_class[index_of(maps.maps[i].label)].push_back(i);
    std::vector<std::size_t> chosen;
    for (const auto pattern : all_patterns()) {
        auto& members = by_class[index_of(pattern)];
        if (members.empty()) continue;
        if (members.size() == 1)
            return Error{std::string("class ") + to_string(pattern) +
                             " has 1 map, at least 2 are needed: one to "
                             "train on and one to validate with",
                         maps.label_file.string(), "Label more maps of this class"};
        // A stream per class: how many maps another class has does not matter.
        Random(derive_seed(seed, 0x56616c6964ULL + index_of(pattern))).shuffle(members);
        const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(members.size())));
        const auto taken = std::clamp<std::size_t>(wanted, 1, members.size() - 1);
        chosen.insert(chosen.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(taken));
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

}  // namespace lottery
