// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pickle in which torch.save describes a state dict: names, dtypes, shapes and where the values lie.
// It is read as data. Only what a state dict consists of is understood (dictionaries, tensors, plain values); a
// pickle that asks for any other class or function is refused, and nothing it names is ever called.
// LibTorch's own unpickler is not used: it turns the OrderedDict of a state dict into nothing, and takes each
// tensor's memory before its shape can be checked.
// Source: Python's pickletools (opcodes), protocol 2.
//
// Thread rule: plain values.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace lottery {

struct PickledTensor {
    std::string key;
    torch::Dtype dtype = torch::kFloat32;  // as stored
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;  // in values, ≥ 0, one per dimension
    std::int64_t offset = 0;            // first value in the storage
    std::string storage;                // name of the storage's record
    std::int64_t storage_size = 0;      // values in the storage
};

struct PickledStateDict {
    std::vector<PickledTensor> tensors;  // in order; each lies within its storage
    std::vector<std::string> others;     // keys whose value is no tensor
};

// `place` names the file in errors. Errors: not a pickle of protocol 2 or 3, longer than 4 MB, cut short, damaged,
// something other than a state dict, a class or function that is not among those understood (named), a key twice,
// a tensor that leaves its storage.
Result<PickledStateDict> parse_state_dict_pickle(std::string_view pickle, const std::string& place);

}  // namespace lottery
