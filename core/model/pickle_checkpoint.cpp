// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/pickle_checkpoint.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/model/stored_values.h"

namespace lottery {

namespace {

constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kPickleName = "data.pkl";

// What torch.save wrote before PyTorch 1.6: a bare pickle.
Status check_is_zip(const std::filesystem::path& path) {
    LOTTERY_TRY(const auto file, MappedFile::open(path));
    if (file->bytes().starts_with(kZipMagic)) return ok();
    const bool pickle = file->bytes().starts_with('\x80');
    const std::string convert =
        "python -c \"import torch; f = '" + path.string() + "'; torch.save(torch.load(f, weights_only=True), f)\"";
    if (pickle)
        return Error{"is in the format that PyTorch wrote before 1.6 (a bare pickle), zip format was expected",
                     path.string(), "Convert it once, with a recent PyTorch: " + convert};
    return Error{"is not a file of torch.save: it does not begin as a zip archive", path.string(),
                 "Copy or download the file again"};
}

}  // namespace

PickleCheckpoint::PickleCheckpoint(ZipArchive archive, std::string folder, PickledStateDict contents)
    : archive_(std::move(archive)), folder_(std::move(folder)), contents_(std::move(contents)) {}

Result<PickleCheckpoint> PickleCheckpoint::open(const std::filesystem::path& path) {
    LOTTERY_CHECK(check_is_zip(path));
    LOTTERY_TRY(auto archive, ZipArchive::open(path));
    const auto place = path.string();
    const auto& records = archive.records();
    const auto wrong = [&](const std::string& message) {
        return Error{message, place, "Copy or download the file again"};
    };

    // All records lie in one folder, whose name is the writer's choice.
    std::string folder;
    std::string_view pickle;
    for (const auto& [name, bytes] : records) {
        const auto slash = name.find('/');
        if (slash == std::string::npos || std::string_view(name).substr(slash + 1) != kPickleName) continue;
        if (!folder.empty()) return wrong("holds more than one data.pkl");
        folder = name.substr(0, slash + 1);
        pickle = bytes;
    }
    if (folder.empty()) return wrong("holds no data.pkl, it was not written by torch.save");
    if (const auto order = records.find(folder + "byteorder"); order != records.end() && order->second != "little")
        return Error{"holds " + std::string(order->second) + "-endian values, little-endian ones were expected", place,
                     "Save the checkpoint as safetensors"};

    LOTTERY_TRY(auto contents, parse_state_dict_pickle(pickle, place));
    for (const auto& tensor : contents.tensors) {
        const auto record = records.find(folder + "data/" + tensor.storage);
        if (record == records.end())
            return wrong("tensor \"" + tensor.key + "\": its storage \"" + tensor.storage + "\" is absent");
        const auto width = c10::elementSize(tensor.dtype);
        const auto found = record->second.size();
        if (found % width != 0 || found / width != static_cast<std::uint64_t>(tensor.storage_size))
            return wrong("tensor \"" + tensor.key + "\": its storage \"" + tensor.storage + "\" has " +
                         std::to_string(found) + " bytes, expected " + std::to_string(tensor.storage_size) +
                         " values of " + std::to_string(width) + " bytes");
    }
    return PickleCheckpoint(std::move(archive), std::move(folder), std::move(contents));
}

torch::Tensor PickleCheckpoint::load(const PickledTensor& tensor) const {
    const auto bytes = archive_.records().find(folder_ + "data/" + tensor.storage)->second;
    const auto* first = bytes.data() + static_cast<std::uint64_t>(tensor.offset) * c10::elementSize(tensor.dtype);
    // Contiguous values take the plain copy.
    std::int64_t expected = 1;
    bool contiguous = true;
    for (std::size_t i = tensor.shape.size(); i-- > 0;) {
        contiguous = contiguous && (tensor.shape[i] <= 1 || tensor.strides[i] == expected);
        expected *= tensor.shape[i];
    }
    return copy_stored_values(first, tensor.dtype, tensor.shape,
                              contiguous ? std::vector<std::int64_t>{} : tensor.strides);
}

}  // namespace lottery
