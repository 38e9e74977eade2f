// SPDX-License-Identifier: GPL-3.0-or-later
//
// The masks' half of an import.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "core/base/in_memory.h"
#include "core/study/import_source.h"
#include "core/study/study_tree.h"

namespace lottery {
namespace fs = std::filesystem;
using namespace import_detail;

namespace {

enum class Component { Heads, Mlps, Neurons };

struct FileKind {
    std::string_view stem;
    Component component;
    bool mask;
};

constexpr std::array<FileKind, 6> kKinds{{{"head_mask", Component::Heads, true},
                                          {"mlp_mask", Component::Mlps, true},
                                          {"head_importance", Component::Heads, false},
                                          {"mlp_importance", Component::Mlps, false},
                                          {"neuron_mask", Component::Neurons, true},
                                          {"neuron_importance", Component::Neurons, false}}};

// "head_mask.npy", and "head_mask_<i>.npy" of a pass of the search; nullptr: another file.
const FileKind* kind_of(std::string_view name) {
    if (!name.ends_with(".npy")) return nullptr;
    name.remove_suffix(4);
    for (const auto& kind : kKinds) {
        if (!name.starts_with(kind.stem)) continue;
        const auto rest = name.substr(kind.stem.size());
        if (rest.empty()) return &kind;
        if (rest.size() > 1 && rest[0] == '_' &&
            std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return &kind;
    }
    return nullptr;
}

constexpr std::int64_t kMostExtent = 10'000;  // layers, heads or blocks

struct Candidate {
    std::string run;     // "heads/SST-2/seed_42"
    std::string source;  // relative to the imported folder
    const FileKind* kind = nullptr;
    ImportFile file;
    Array array;
};

using Shape = std::vector<std::int64_t>;

std::string shape_text(const Shape& shape) {
    std::string text = "[";
    for (const auto extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + "]";
}

std::string index_text(const Shape& shape, std::size_t element) {
    if (shape.size() == 1) return "element [" + std::to_string(element) + "]";
    const auto columns = static_cast<std::size_t>(shape[1]);
    return "element [" + std::to_string(element / columns) + ", " + std::to_string(element % columns) + "]";
}

std::string number_text(float value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", static_cast<double>(value));
    return text;
}

// The most frequent of the shapes, the first of them where several are.
std::optional<Shape> most_frequent(const std::vector<Shape>& shapes) {
    std::map<Shape, int> counts;
    for (const auto& shape : shapes) ++counts[shape];
    const Shape* best = nullptr;
    for (const auto& shape : shapes)
        if (best == nullptr || counts[shape] > counts[*best]) best = &shape;
    return best == nullptr ? std::nullopt : std::optional(*best);
}

class MaskScan {
public:
    MaskScan(const fs::path& published, const std::stop_token& stop) : published_(published), stop_(stop) {}

    Outcome<MaskFindings> run() {
        LOTTERY_TRY(const auto settings, sorted_entries(published_ / "masks"));
        for (const auto& setting : settings) LOTTERY_CHECK(read_setting(setting));
        choose_shapes();
        std::set<std::string> runs;
        for (auto& candidate : candidates_) take(candidate, runs);
        found_.runs = static_cast<int>(runs.size());
        return std::move(found_);
    }

private:
    [[nodiscard]] std::string relative(const fs::path& path) const {
        return path.lexically_relative(published_).generic_string();
    }

    void skip(const fs::path& path, const std::string& reason) {
        found_.skipped.push_back({relative(path), "", reason});
    }

    // Of a folder inside `masks`: one that cannot be listed is skipped.
    std::vector<fs::path> entries_of(const fs::path& folder) {
        auto entries = sorted_entries(folder);
        if (entries) return *std::move(entries);
        skip(folder, entries.error().message);
        return {};
    }

    Outcome<Unit> read_setting(const fs::path& setting) {
        std::error_code ec;
        if (!fs::is_directory(setting, ec)) {
            ++found_.passed_over;
            return Unit{};
        }
        runs_.clear();
        for (const auto& task : entries_of(setting)) {
            if (stop_.stop_requested()) return Cancelled{};
            read_task(setting.filename().string(), task);
        }
        if (runs_.empty()) skip(setting, "no runs found, <TASK>/seed_<N>/head_mask.npy expected");
        list_missing(setting);
        return Unit{};
    }

    void read_task(const std::string& setting, const fs::path& folder) {
        std::error_code ec;
        if (!fs::is_directory(folder, ec)) {
            ++found_.passed_over;
            return;
        }
        const auto task = parse_task(folder.filename().string());
        if (!task) return skip(folder, task.error().message + ". " + task.error().advice);
        for (const auto& entry : entries_of(folder)) {
            if (!fs::is_directory(entry, ec)) {
                ++found_.passed_over;
                continue;
            }
            const auto seed = parse_seed_folder(entry.filename().string());
            if (!seed) {
                skip(entry, "\"" + entry.filename().string() + "\" found, seed_<N> expected");
                continue;
            }
            const std::string run = setting + "/" + run_place(*task, *seed).generic_string();
            if (!runs_.emplace(run, std::set<std::string>{}).second) {
                skip(entry, "another folder spells the same task and seed otherwise: " + run);
                continue;
            }
            read_run(run, entry, {setting, *task, *seed});
        }
    }

    struct RunId {
        std::string setting;
        TaskId task;
        std::uint64_t seed;
    };

    void read_run(const std::string& run, const fs::path& folder, const RunId& id) {
        for (const auto& file : entries_of(folder)) {
            const std::string name = file.filename().string();
            const auto* kind = kind_of(name);
            if (kind == nullptr) {
                ++found_.passed_over;
                continue;
            }
            runs_[run].insert(name);
            Candidate candidate{run, relative(file), kind, {"masks/" + run + "/" + name, {}}, {}};
            if (const auto read = read_array(file, candidate); !read) {
                found_.skipped.push_back(skipped(candidate.source, read.error()));
                continue;
            }
            ids_.emplace(run, id);
            candidates_.push_back(std::move(candidate));
        }
    }

    static Status read_array(const fs::path& file, Candidate& candidate) {
        LOTTERY_TRY(candidate.file.bytes, read_small_file(file));
        if (candidate.file.bytes.empty()) return Error{"an empty file found, an array expected", candidate.source, {}};
        LOTTERY_TRY(candidate.array, parse_npy(candidate.file.bytes, candidate.source));
        const Shape& shape = candidate.array.shape;
        const bool vector = candidate.kind->component == Component::Mlps;
        const bool large = std::any_of(shape.begin(), shape.end(), [](auto extent) { return extent > kMostExtent; });
        if (shape.size() != (vector ? 1U : 2U) || candidate.array.values.empty() || large)
            return Error{"shape " + shape_text(shape) + " found, " +
                             (vector                                            ? "[layers]"
                              : candidate.kind->component == Component::Neurons ? "[layers, blocks of neurons]"
                                                                                : "[layers, heads]") +
                             " expected",
                         candidate.source,
                         {}};
        return ok();
    }

    // What most runs of the setting have should be in all of them.
    void list_missing(const fs::path& setting) {
        for (const auto& kind : kKinds) {
            const std::string name = std::string(kind.stem) + ".npy";
            const auto having = static_cast<std::size_t>(
                std::count_if(runs_.begin(), runs_.end(), [&](const auto& run) { return run.second.contains(name); }));
            if (2 * having <= runs_.size()) continue;
            for (const auto& [run, files] : runs_)
                if (!files.contains(name))
                    found_.skipped.push_back({"masks/" + run + "/" + name, "",
                                              "no such file; " + std::to_string(having) + " of " +
                                                  std::to_string(runs_.size()) + " runs of " +
                                                  setting.filename().string() + " have one"});
        }
    }

    void choose_shapes() {
        std::map<Component, std::vector<Shape>> shapes;
        for (const auto& candidate : candidates_) shapes[candidate.kind->component].push_back(candidate.array.shape);
        const auto heads = most_frequent(shapes[Component::Heads]);
        auto layers = heads;
        if (!layers) layers = most_frequent(shapes[Component::Mlps]);
        if (!layers) layers = most_frequent(shapes[Component::Neurons]);
        if (!layers) return;
        expected_[Component::Mlps] = {layers->front()};
        if (heads) expected_[Component::Heads] = *heads;
        std::erase_if(shapes[Component::Neurons], [&](const Shape& s) { return s.front() != layers->front(); });
        if (const auto neurons = most_frequent(shapes[Component::Neurons])) expected_[Component::Neurons] = *neurons;
        found_.layers = static_cast<int>(layers->front());
        if (heads) found_.heads = static_cast<int>(heads->at(1));
    }

    // The values, and the shape that all share.
    [[nodiscard]] std::optional<SkippedFile> problem_of(const Candidate& candidate) const {
        const Shape& shape = candidate.array.shape;
        const auto expected = expected_.find(candidate.kind->component);
        if (expected == expected_.end() || shape != expected->second) {
            const std::string others =
                expected == expected_.end() ? std::to_string(found_.layers) + " layers" : shape_text(expected->second);
            return SkippedFile{candidate.source, "",
                               "shape " + shape_text(shape) + " found, " + others + " expected as most files have"};
        }
        for (std::size_t i = 0; i < candidate.array.values.size(); ++i) {
            const float value = candidate.array.values[i];
            const bool good = candidate.kind->mask ? value == 0.0F || value == 1.0F : !std::isinf(value);
            if (!good)
                return SkippedFile{candidate.source, index_text(shape, i),
                                   number_text(value) + " found, " +
                                       (candidate.kind->mask ? "0 or 1 expected" : "a finite number or NaN expected")};
        }
        return std::nullopt;
    }

    void take(Candidate& candidate, std::set<std::string>& runs) {
        if (const auto problem = problem_of(candidate)) return found_.skipped.push_back(*problem);
        const RunId& id = ids_.at(candidate.run);
        found_.folders.insert(id.setting);
        found_.tasks.insert(id.task);
        found_.seeds.insert(id.seed);
        runs.insert(candidate.run);
        ++(candidate.kind->mask ? found_.masks : found_.importances);
        found_.files.push_back(std::move(candidate.file));
    }

    const fs::path& published_;
    const std::stop_token& stop_;
    MaskFindings found_;
    std::vector<Candidate> candidates_;
    std::map<std::string, RunId> ids_;
    std::map<std::string, std::set<std::string>> runs_;  // of the setting that is read: run → its files
    std::map<Component, Shape> expected_;
};

}  // namespace

Outcome<MaskFindings> find_masks(const fs::path& published, const std::stop_token& stop) {
    return MaskScan(published, stop).run();
}

}  // namespace lottery
