// SPDX-License-Identifier: GPL-3.0-or-later
//
// pytorch_model.bin in the zip format that torch.save has written since PyTorch 1.6. Nothing in it is executed.
//
// Thread rule: an open checkpoint may be read from several threads.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/state_dict_pickle.h"
#include "core/model/zip_archive.h"

namespace lottery {

class PickleCheckpoint {
public:
    // Maps the file and checks every tensor's place before any tensor memory is taken. Errors: those of ZipArchive
    // and parse_state_dict_pickle; the older format without zip; big-endian; a storage that is absent or of another
    // size than the pickle says.
    static Result<PickleCheckpoint> open(const std::filesystem::path& path);

    [[nodiscard]] const std::vector<PickledTensor>& tensors() const { return contents_.tensors; }
    [[nodiscard]] const std::vector<std::string>& others() const { return contents_.others; }

    // `tensor` is one of tensors(). A copy of its own on the CPU: floating values as fp32, others as stored.
    [[nodiscard]] torch::Tensor load(const PickledTensor& tensor) const;

private:
    PickleCheckpoint(ZipArchive archive, std::string folder, PickledStateDict contents);

    ZipArchive archive_;
    std::string folder_;  // of the records, with a slash at its end
    PickledStateDict contents_;
};

}  // namespace lottery
