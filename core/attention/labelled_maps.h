// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps that somebody gave a class: a folder of square .npy maps with a label file in it, or in the folder
// above it. Both published forms of label files are read:
//   labels.txt   class = id, id, …   An id without "_" is filled up with zeros to four digits: map 0007.npy.
//   *.tsv        name<TAB>class      A first line "name<TAB>class" is a header. Written in this form, labels.tsv.
// A name is that of the map's file, with or without ".npy".
//
// Legend: S tokens, a map is [S,S], row attends to column.
//
// Thread rule: plain values; two writers of one folder must not overlap.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/attention/pattern_classes.h"
#include "core/base/result.h"

namespace lottery {

struct LabelledMap {
    std::string name;  // of its file, without ".npy"
    PatternClass label = PatternClass::Vertical;
    int size = 0;               // S
    std::vector<float> values;  // [S,S] in C order
};

struct LabelledMaps {
    std::vector<LabelledMap> maps;     // in the order of the label file
    std::filesystem::path label_file;  // empty where the maps come from no file
    int unlabelled = 0;                // maps in the folder that the label file does not name

    [[nodiscard]] int smallest() const;  // S; 0 without maps
    [[nodiscard]] int largest() const;
    [[nodiscard]] std::array<int, pattern_count> counts() const;  // by class
};

struct MapLabel {
    std::string name;
    PatternClass label = PatternClass::Vertical;
    bool operator==(const MapLabel&) const = default;
};

// The labels alone, each name once. Errors name file and line: an unknown class, a line that is no label, a name that
// is a path, a name with two classes, no label at all, neither form by the file's name.
Result<std::vector<MapLabel>> read_label_file(const std::filesystem::path& file);
// As labels.tsv is written. Errors: a name that is a path or has a tab or line break in it; those of writing.
Status write_label_file(const std::filesystem::path& tsv, const std::vector<MapLabel>& labels);

// Of a folder of maps; its own before that of the folder above. Errors: none, more than one in the same folder.
Result<std::filesystem::path> find_label_file(const std::filesystem::path& folder);

// Errors: those above; a label whose map is not there, a map that is not square or empty, or holds NaN or infinity.
Result<LabelledMaps> read_labelled_maps(const std::filesystem::path& folder,
                                        const std::optional<std::filesystem::path>& label_file = std::nullopt);
// <name>.npy for every map and labels.tsv. Errors: those of write_label_file, a name twice, another label file there.
Status write_labelled_maps(const std::filesystem::path& folder, const LabelledMaps& maps);

// Which maps are set aside for validation: of each class the `share` of its maps, to the nearest, at least one and not
// all of them; drawn by `seed`, ascending. Error: a class with a single map.
Result<std::vector<std::size_t>> stratified_validation(const LabelledMaps& maps, double share, std::uint64_t seed);

}  // namespace lottery
