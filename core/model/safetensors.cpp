// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <tuple>

#include "core/base/atomic_writer.h"
#include "core/base/json.h"
#include "core/model/stored_values.h"

namespace lottery {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr std::string_view kMetadataKey = "__metadata__";
constexpr const char* kCopyAgain = "Copy or download the file again";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The JSON parser keeps the last of two equal keys; which one was meant cannot be known.
Result<Json> parse_without_repeated_keys(std::string_view text, const std::string& place) {
    std::vector<std::set<std::string, std::less<>>> open_objects;
    std::optional<std::string> repeated;
    const auto watch = [&](int, nlohmann::json::parse_event_t event, Json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) open_objects.emplace_back();
        if (event == Event::object_end) open_objects.pop_back();
        if (event == Event::key && !open_objects.back().insert(parsed.get<std::string>()).second && !repeated)
            repeated = parsed.get<std::string>();
        return true;
    };
    try {
        Json json = Json::parse(text.begin(), text.end(), watch);
        if (repeated) return Error{"key " + in_quotes(*repeated) + " stands twice in the header", place, kCopyAgain};
        return json;
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("the header is not valid JSON (") + e.what() + ")", place,
                     "This may not be a safetensors file; copy or download it again"};
    }
}

Result<std::vector<std::int64_t>> parse_whole_numbers(const Json& json, const std::string& key, const char* what,
                                                      const std::string& place) {
    std::vector<std::int64_t> numbers;
    bool good = json.is_array();
    if (good) {
        for (const auto& n : json) {
            good = good && n.is_number_unsigned() && n.get<std::uint64_t>() < (std::uint64_t{1} << 62);
            if (good) numbers.push_back(n.get<std::int64_t>());
        }
    }
    if (!good)
        return Error{"tensor " + in_quotes(key) + ": \"" + what + "\" is " +
                         json.dump(-1, ' ', false, Json::error_handler_t::replace) + ", whole numbers were expected",
                     place, kCopyAgain};
    return numbers;
}

Result<SafetensorsEntry> parse_entry(const std::string& name, const Json& json, std::uint64_t data_begin,
                                     std::uint64_t data_size, const std::string& place) {
    const auto wrong = [&](const std::string& message, const char* advice = kCopyAgain) {
        return Error{"tensor " + in_quotes(name) + ": " + message, place, advice};
    };
    if (!json.is_object()) return wrong(std::string("a JSON object was expected, found ") + json.type_name());
    LOTTERY_CHECK(check_keys(json, {"dtype", "shape", "data_offsets"}, place + ": tensor " + in_quotes(name)));
    for (const char* key : {"dtype", "shape", "data_offsets"})
        if (!json.contains(key)) return wrong("key " + in_quotes(key) + " is missing");

    SafetensorsEntry entry;
    entry.name = name;
    const Json& stored = json["dtype"];
    const auto dtype = stored.is_string() ? dtype_by_name(stored.get<std::string>()) : std::nullopt;
    if (!dtype)
        return wrong("dtype is " + stored.dump(-1, ' ', false, Json::error_handler_t::replace) + ", expected one of " +
                         known_dtype_names(),
                     "Save the checkpoint again in float32");
    entry.dtype = *dtype;
    LOTTERY_TRY(entry.shape, parse_whole_numbers(json["shape"], name, "shape", place));
    LOTTERY_TRY(const auto offsets, parse_whole_numbers(json["data_offsets"], name, "data_offsets", place));
    if (offsets.size() != 2 || offsets[0] > offsets[1])
        return wrong("data_offsets are " + shape_text(offsets) + ", a begin and an end were expected");
    entry.begin = static_cast<std::uint64_t>(offsets[0]);
    entry.end = static_cast<std::uint64_t>(offsets[1]);
    if (entry.end > data_size)
        return wrong("its data end at byte " + std::to_string(entry.end) + " of " + std::to_string(data_size) +
                     "; the file is truncated or damaged");

    const auto count = element_count(entry.shape);
    const auto size = entry.end - entry.begin;
    if (!count || static_cast<std::uint64_t>(*count) != size / c10::elementSize(*dtype) ||
        size % c10::elementSize(*dtype) != 0)
        return wrong("shape " + shape_text(entry.shape) + " of " + stored.get<std::string>() + " does not fill its " +
                     std::to_string(size) + " bytes");
    entry.begin += data_begin;
    entry.end += data_begin;
    return entry;
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
    SafetensorsFile file;
    file.path_ = path;
    const auto place = path.string();
    LOTTERY_TRY(file.mapping_, MappedFile::open(path));
    const auto bytes = file.mapping_->bytes();
    const auto wrong = [&](const std::string& message) { return Error{message, place, kCopyAgain}; };

    if (bytes.size() < kLengthBytes)
        return wrong("has " + std::to_string(bytes.size()) +
                     " bytes, a safetensors file has at least 8; it is truncated");
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, bytes.data(), kLengthBytes);
    if (header_size > kLongestHeader)
        return Error{"says its header has " + std::to_string(header_size) + " bytes, at most " +
                         std::to_string(kLongestHeader) + " were expected",
                     place, "This may not be a safetensors file; copy or download it again"};
    if (header_size > bytes.size() - kLengthBytes)
        return wrong("says its header has " + std::to_string(header_size) + " bytes, but only " +
                     std::to_string(bytes.size() - kLengthBytes) + " follow; it is truncated");
    LOTTERY_TRY(const Json header, parse_without_repeated_keys(bytes.substr(kLengthBytes, header_size), place));
    if (!header.is_object())
        return wrong(std::string("a JSON object was expected as header, found ") + header.type_name());

    const auto data_begin = kLengthBytes + header_size;
    const auto data_size = bytes.size() - data_begin;
    for (const auto& [name, json] : header.items()) {
        if (name == kMetadataKey) {
            const bool texts =
                json.is_object() && std::all_of(json.begin(), json.end(), [](const Json& v) { return v.is_string(); });
            if (!texts) return wrong("\"__metadata__\" must hold text by name");
            for (const auto& [key, value] : json.items()) file.metadata_[key] = value.get<std::string>();
            continue;
        }
        LOTTERY_TRY(auto entry, parse_entry(name, json, data_begin, data_size, place));
        file.entries_.push_back(std::move(entry));
    }

    std::sort(file.entries_.begin(), file.entries_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    auto end = data_begin;
    for (const auto& entry : file.entries_) {
        if (entry.begin != end)
            return wrong("tensor " + in_quotes(entry.name) + " begins at byte " +
                         std::to_string(entry.begin - data_begin) + " of the data, expected " +
                         std::to_string(end - data_begin) +
                         ", where the one before it ends: " + (entry.begin < end ? "they overlap" : "there is a hole"));
        end = entry.end;
    }
    if (end != bytes.size())
        return wrong(std::to_string(bytes.size() - end) + " bytes after the last tensor belong to none");
    for (std::size_t i = 0; i < file.entries_.size(); ++i) file.by_name_[file.entries_[i].name] = i;
    return file;
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
    const auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : &entries_[it->second];
}

Result<torch::Tensor> SafetensorsFile::tensor(std::string_view name) const {
    const auto* entry = find(name);
    if (entry == nullptr) return Error{"no tensor " + in_quotes(name) + " in this file", path_.string(), {}};
    return copy_stored_values(mapping_->bytes().data() + entry->begin, entry->dtype, entry->shape);
}

Status write_safetensors(const std::filesystem::path& path,
                         const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata) {
    // Wide values first: then every tensor is aligned to its own item size.
    std::vector<const std::pair<std::string, torch::Tensor>*> order;
    for (const auto& named : tensors) order.push_back(&named);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        const auto width_a = a->second.element_size();
        const auto width_b = b->second.element_size();
        return width_a != width_b ? width_a > width_b : a->first < b->first;
    });

    Json header = Json::object();
    if (!metadata.empty()) header[std::string(kMetadataKey)] = metadata;
    std::uint64_t offset = 0;
    for (const auto* named : order) {
        const auto& [name, tensor] = *named;
        const auto dtype = dtype_name(tensor.scalar_type());
        if (!dtype)
            return Error{"tensor " + in_quotes(name) + " has dtype " +
                             std::string(c10::toString(tensor.scalar_type())) + ", expected one of " +
                             known_dtype_names(),
                         path.string(),
                         {}};
        if (name == kMetadataKey || header.contains(name))
            return Error{"tensor name " + in_quotes(name) + " is reserved or stands twice", path.string(), {}};
        const auto end = offset + tensor.nbytes();
        header[name] = {{"dtype", *dtype}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');

    LOTTERY_TRY(auto writer, AtomicFileWriter::create(path));
    const std::uint64_t length = text.size();
    LOTTERY_CHECK(writer.write({reinterpret_cast<const char*>(&length), sizeof length}));
    LOTTERY_CHECK(writer.write(text));
    for (const auto* named : order) {
        const auto values = named->second.detach().to(torch::kCPU).contiguous();
        if (values.numel() == 0) continue;
        LOTTERY_CHECK(writer.write({static_cast<const char*>(values.data_ptr()), values.nbytes()}));
    }
    return writer.commit();
}

}  // namespace lottery
