// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weight masks as files: one bit per weight as written here, one number per weight as others write them.
#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/json.h"
#include "core/model/mapped_file.h"
#include "core/model/safetensors.h"
#include "core/model/stored_tensors.h"
#include "core/model/stored_values.h"
#include "core/model/weight_masks.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFormatName = "lottery-weight-mask-";
constexpr const char* kFormat = "lottery-weight-mask-1";
constexpr std::string_view kSuffix = "_mask";
constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr const char* kOtherMask = "Use a weight mask made for this model";
constexpr const char* kCopyAgain = "Copy the file again, or search the mask again";

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::int64_t packed_size(std::int64_t weights) { return (weights + 7) / 8; }

// Weight i is bit i % 8, counted from the lowest, of byte i / 8.
torch::Tensor pack(const torch::Tensor& kept) {
    const auto count = kept.numel();
    auto packed = torch::zeros({packed_size(count)}, torch::kUInt8);
    const bool* bits = kept.data_ptr<bool>();
    auto* bytes = packed.data_ptr<std::uint8_t>();
    for (std::int64_t i = 0; i < count; ++i)
        bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | (static_cast<unsigned>(bits[i]) << (i % 8)));
    return packed;
}

torch::Tensor unpack(const torch::Tensor& packed, const std::vector<std::int64_t>& shape) {
    auto kept = torch::empty(shape, torch::kBool);
    bool* bits = kept.data_ptr<bool>();
    const auto* bytes = packed.data_ptr<std::uint8_t>();
    for (std::int64_t i = 0; i < kept.numel(); ++i) bits[i] = ((bytes[i / 8] >> (i % 8)) & 1U) != 0;
    return kept;
}

Result<StoredTensors> list_tensors(const fs::path& path) {
    LOTTERY_TRY(const auto file, MappedFile::open(path));
    return file->bytes().starts_with(kZipMagic) ? list_pickle(path) : list_safetensors(path);
}

class MaskReader {
public:
    MaskReader(StoredTensors stored, const BertConfig& config) : stored_(std::move(stored)), config_(config) {}

    Result<WeightMasks> read() {
        LOTTERY_CHECK(read_format());
        LOTTERY_CHECK(sort_in());
        const auto all = prunable_parameters(config_, MlpOutputBias::Pruned);
        const auto left = prunable_parameters(config_, MlpOutputBias::Left);
        // One layer's output bias asks for those of all layers.
        const bool with_bias = std::any_of(all.begin(), all.end(), [&](const TensorSpec& spec) {
            return found_.contains(spec.key) && std::none_of(left.begin(), left.end(), [&](const TensorSpec& other) {
                       return other.key == spec.key;
                   });
        });
        const auto& specs = with_bias ? all : left;
        // Everything is checked before the first mask is loaded.
        for (const auto& spec : specs) LOTTERY_CHECK(check(spec));
        LOTTERY_CHECK(check_nothing_else(specs));
        WeightMasks masks;
        for (const auto& spec : specs) {
            LOTTERY_TRY(auto kept, load(*found_.at(spec.key), spec));
            masks.masks.push_back({spec.key, std::move(kept)});
        }
        return masks;
    }

private:
    [[nodiscard]] Error wrong(const std::string& message, const char* advice) const {
        return {message, stored_.place.string(), advice};
    }

    Status read_format() {
        const auto format = stored_.metadata.find("format");
        if (format == stored_.metadata.end() || !format->second.starts_with(kFormatName)) return ok();
        if (format->second != kFormat)
            return wrong("format " + in_quotes(format->second) + " found, " + in_quotes(kFormat) + " expected",
                         "Use the program version that wrote it, or search the mask again");
        const auto shapes = stored_.metadata.find("shapes");
        const auto json = shapes == stored_.metadata.end() ? Json() : Json::parse(shapes->second, nullptr, false);
        if (!json.is_object()) return wrong("metadata \"shapes\" is missing or no JSON object", kCopyAgain);
        for (const auto& [parameter, shape] : json.items()) {
            const bool whole = shape.is_array() && std::all_of(shape.begin(), shape.end(),
                                                               [](const Json& n) { return n.is_number_unsigned(); });
            if (!whole)
                return wrong("metadata \"shapes\": " + in_quotes(parameter) + " is no list of whole numbers",
                             kCopyAgain);
            shapes_[canonical_key(parameter)] = shape.get<std::vector<std::int64_t>>();
        }
        packed_ = true;
        return ok();
    }

    Status sort_in() {
        for (const auto& tensor : stored_.tensors) {
            if (!tensor.key.ends_with(kSuffix)) continue;
            const auto parameter = canonical_key(tensor.key.substr(0, tensor.key.size() - kSuffix.size()));
            const auto [it, fresh] = found_.emplace(parameter, &tensor);
            if (!fresh)
                return wrong("keys " + in_quotes(it->second->key) + " and " + in_quotes(tensor.key) +
                                 " are both the mask of " + in_quotes(parameter),
                             "Keep one of them");
        }
        if (found_.empty())
            return wrong("holds no weight masks: tensors named \"<parameter>_mask\" were expected" +
                             (stored_.tensors.empty() ? std::string()
                                                      : ", found such as " + in_quotes(stored_.tensors.front().key)),
                         "Choose a weight_mask.safetensors of lottery mask magnitude");
        return ok();
    }

    Status check(const TensorSpec& spec) const {
        const auto it = found_.find(spec.key);
        if (it == found_.end())
            return wrong("no mask for " + in_quotes(spec.key) + " (tensor " + in_quotes(spec.key + "_mask") +
                             "), which is pruned in this model; found such as " +
                             in_quotes(found_.begin()->second->key),
                         kOtherMask);
        const auto& tensor = *it->second;
        const auto differs = [&](const std::vector<std::int64_t>& shape) {
            return wrong("the mask of " + in_quotes(spec.key) + " has shape " + shape_text(shape) +
                             ", the model's is " + shape_text(spec.shape),
                         kOtherMask);
        };
        if (!packed_) return tensor.shape == spec.shape ? ok() : Status(differs(tensor.shape));
        const auto shape = shapes_.find(spec.key);
        if (shape == shapes_.end()) return wrong("metadata \"shapes\" lacks " + in_quotes(spec.key), kCopyAgain);
        if (shape->second != spec.shape) return differs(shape->second);
        const auto bytes = packed_size(*element_count(spec.shape));
        if (tensor.dtype != torch::kUInt8 || tensor.shape != std::vector<std::int64_t>{bytes})
            return wrong("tensor " + in_quotes(tensor.key) + " is " + std::string(*dtype_name(tensor.dtype)) + " " +
                             shape_text(tensor.shape) + ", U8 " + shape_text({bytes}) + " was expected for shape " +
                             shape_text(spec.shape),
                         kCopyAgain);
        return ok();
    }

    Status check_nothing_else(const std::vector<TensorSpec>& specs) const {
        for (const auto& [parameter, tensor] : found_)
            if (std::none_of(specs.begin(), specs.end(),
                             [&, &name = parameter](const TensorSpec& spec) { return spec.key == name; }))
                return wrong("tensor " + in_quotes(tensor->key) + " masks a parameter that is not pruned in this model",
                             kOtherMask);
        return ok();
    }

    Result<torch::Tensor> load(const StoredTensor& tensor, const TensorSpec& spec) const {
        LOTTERY_TRY(auto values, tensor.load());
        if (packed_) {
            const auto used = *element_count(spec.shape) % 8;
            if (used != 0 && (values[-1].item<std::uint8_t>() >> used) != 0)
                return wrong("tensor " + in_quotes(tensor.key) + " has bits set beyond the last of its " +
                                 std::to_string(*element_count(spec.shape)) + " weights",
                             kCopyAgain);
            return unpack(values, spec.shape);
        }
        // A stored boolean is a byte, which may hold anything.
        if (values.scalar_type() == torch::kBool) values = values.view(torch::kUInt8);
        const auto kept = values.eq(1);
        const auto other = kept.logical_or(values.eq(0)).logical_not().flatten().nonzero();
        if (other.numel() > 0) {
            const auto index = other[0].item<std::int64_t>();
            return wrong("tensor " + in_quotes(tensor.key) + ", value " + std::to_string(index) + " is " +
                             std::to_string(values.flatten()[index].item<double>()) + ", a mask holds only 0 and 1",
                         "Are these the weights and not their mask?");
        }
        return kept.contiguous();
    }

    StoredTensors stored_;
    const BertConfig& config_;
    bool packed_ = false;
    std::map<std::string, std::vector<std::int64_t>> shapes_;  // of packed masks, by parameter
    std::map<std::string, const StoredTensor*> found_;         // by parameter
};

}  // namespace

Status write_weight_masks(const fs::path& path, const WeightMasks& masks) {
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    Json shapes = Json::object();
    for (const auto& mask : masks.masks) {
        tensors.emplace_back(mask.parameter + std::string(kSuffix), pack(mask.kept));
        shapes[mask.parameter] = mask.kept.sizes().vec();
    }
    return write_safetensors(path, tensors, {{"format", kFormat}, {"shapes", shapes.dump()}});
}

Result<WeightMasks> read_weight_masks(const fs::path& path, const BertConfig& config) {
    LOTTERY_TRY(auto stored, list_tensors(path));
    return MaskReader(std::move(stored), config).read();
}

}  // namespace lottery
