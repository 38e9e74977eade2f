// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/labelling_folder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/base/npy.h"

namespace lottery::gui {
namespace fs = std::filesystem;

namespace {

constexpr const char* kRecord = "labelling.json";
constexpr const char* kLabels = "labels.tsv";
constexpr int kFormat = 1;

fs::path mapFile(const fs::path& folder, const std::string& name) { return folder / (name + ".npy"); }

std::vector<fs::path> filesOf(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

bool isLabelFile(const fs::path& file) { return file.extension() == ".tsv" || file.filename() == "labels.txt"; }

bool hasLabelFile(const fs::path& folder) { return std::ranges::any_of(filesOf(folder), isLabelFile); }

bool isSameFolder(const fs::path& a, const fs::path& b) {
    std::error_code ec;
    return !a.empty() && !b.empty() && fs::equivalent(a, b, ec) && !ec;
}

Status readValues(const fs::path& folder, MapToLabel& map) {
    const fs::path file = mapFile(folder, map.name);
    LOTTERY_TRY(Array array, read_npy(file));
    if (array.shape.size() != 2 || array.shape[0] != array.shape[1] || array.shape[0] == 0) {
        std::string shape;
        for (const auto extent : array.shape) shape += (shape.empty() ? "" : " × ") + std::to_string(extent);
        return Error{"a square map was expected, tokens × tokens; found " + (shape.empty() ? "one number" : shape),
                     file.string(),
                     {}};
    }
    map.size = static_cast<int>(array.shape[0]);
    map.values = std::move(array.values);
    return ok();
}

struct Record {
    std::string labeller;
    std::vector<MapToLabel> maps;
    std::vector<std::string> skipped;
};

Result<Record> readRecord(const fs::path& file) {
    LOTTERY_TRY(const Json json, read_json(file));
    Record record;
    int format = 0;
    JsonFields fields(json, file.string());
    fields.require("format");
    fields.take("format", format);
    fields.take("labeller", record.labeller);
    fields.require("maps");
    const Json* maps = fields.find_array("maps");
    LOTTERY_CHECK(fields.finish());
    if (format != kFormat)
        return Error{"has format " + std::to_string(format) + "; this program reads " + std::to_string(kFormat),
                     file.string(), "Use the version of the program that wrote it"};
    for (std::size_t i = 0; i < maps->size(); ++i) {
        MapToLabel map;
        bool skipped = false;
        JsonFields entry((*maps)[i], file.string() + ", maps[" + std::to_string(i) + "]");
        entry.require("name");
        entry.take("name", map.name);
        entry.take("skipped", skipped);
        entry.take("tokens", map.tokens);
        entry.take("origin", map.origin);
        LOTTERY_CHECK(entry.finish());
        // A name with a folder in it would be read from elsewhere.
        if (map.name.empty() || fs::path(map.name).filename().string() != map.name || map.name == "..")
            return Error{"\"" + map.name + "\" is no name of a map", file.string(), {}};
        if (skipped) record.skipped.push_back(map.name);
        record.maps.push_back(std::move(map));
    }
    return record;
}

Record recordOfFiles(const fs::path& folder) {
    Record record;
    for (const fs::path& file : filesOf(folder))
        if (file.extension() == ".npy") {
            record.maps.emplace_back();
            record.maps.back().name = file.stem().string();
        }
    return record;
}

Json recordOf(const LabellingSession& session) {
    Json maps = Json::array();
    for (std::size_t i = 0; i < session.size(); ++i) {
        const MapToLabel& map = session.map(i);
        maps.push_back(
            {{"name", map.name}, {"skipped", session.isSkipped(i)}, {"tokens", map.tokens}, {"origin", map.origin}});
    }
    return {{"format", kFormat}, {"labeller", session.labeller()}, {"maps", std::move(maps)}};
}

}  // namespace

Status saveLabelling(const fs::path& folder, LabellingSession& session) {
    std::error_code ec;
    if (!isSameFolder(folder, session.folder()) && (hasLabelFile(folder) || fs::exists(folder / kRecord, ec)))
        return Error{"holds another labelling already", folder.string(),
                     "Choose an empty folder, so that nobody's labels are written over"};
    LabelledMaps labelled;
    for (std::size_t i = 0; i < session.size(); ++i) {
        const MapToLabel& map = session.map(i);
        if (const auto label = session.labelOf(i)) {
            labelled.maps.push_back({map.name, *label, map.size, map.values});
        } else {
            LOTTERY_CHECK(write_npy(mapFile(folder, map.name), {{map.size, map.size}, map.values}));
        }
    }
    if (labelled.maps.empty()) {
        fs::remove(folder / kLabels, ec);
        if (ec) return Error{"cannot be removed: " + ec.message(), (folder / kLabels).string(), {}};
    } else {
        LOTTERY_CHECK(write_labelled_maps(folder, labelled));
    }
    LOTTERY_CHECK(write_json(folder / kRecord, recordOf(session)));
    session.setSaved(folder);
    return ok();
}

Result<LabellingSession> readLabelling(const fs::path& folder) {
    std::error_code ec;
    if (!fs::is_directory(folder, ec)) return Error{"is not a folder", folder.string(), "Give the folder of the maps"};
    Record record;
    std::vector<MapLabel> labels;
    std::optional<fs::path> labelFile;
    if (fs::exists(folder / kRecord, ec)) {
        LOTTERY_TRY(record, readRecord(folder / kRecord));
        if (fs::exists(folder / kLabels, ec)) labelFile = folder / kLabels;
    } else {
        record = recordOfFiles(folder);
        if (hasLabelFile(folder) || hasLabelFile(fs::weakly_canonical(folder, ec).parent_path())) {
            LOTTERY_TRY(labelFile, find_label_file(folder));
        }
    }
    if (record.maps.empty())
        return Error{"holds no map", folder.string(), "Give a folder with .npy files of maps, tokens × tokens"};
    if (labelFile) {
        LOTTERY_TRY(labels, read_label_file(*labelFile));
    }
    for (MapToLabel& map : record.maps) LOTTERY_CHECK(readValues(folder, map));
    auto session = LabellingSession::of(std::move(record.maps));
    if (!session)
        return Error{session.error().place + " " + session.error().message, folder.string(), session.error().advice};
    if (const Status restored = session->restore(labels, record.skipped); !restored)
        return Error{restored.error().message, (labelFile ? *labelFile : folder / kRecord).string(),
                     restored.error().advice};
    session->setLabeller(record.labeller);
    session->setSaved(folder);
    return session;
}

}  // namespace lottery::gui
