// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/mask_files.h"

#include <string>

namespace lottery {

Result<ComponentMasks> read_good_masks(const std::filesystem::path& head_mask,
                                       const std::optional<std::filesystem::path>& mlp_mask) {
    ComponentMasks masks;
    LOTTERY_TRY(const HeadMatrix shape, read_head_matrix(head_mask));
    LOTTERY_TRY(masks.heads, read_head_mask(head_mask, shape.layers, shape.heads));
    if (!mlp_mask) return masks;
    LOTTERY_TRY(const auto mlps, read_mlp_vector(*mlp_mask));
    if (mlps.size() != static_cast<std::size_t>(shape.layers))
        return Error{"MLP mask of " + std::to_string(mlps.size()) + " layers found, the head mask has " +
                         std::to_string(shape.layers),
                     mlp_mask->string(), "Give the two masks of one search"};
    LOTTERY_TRY(masks.mlps, read_mlp_mask(*mlp_mask, shape.layers));
    return masks;
}

Status write_mask_files(const std::filesystem::path& folder, const ComponentMasks& masks) {
    LOTTERY_CHECK(write_head_matrix(folder / "head_mask.npy", masks.heads));
    if (masks.mlps.empty()) return ok();
    return write_mlp_vector(folder / "mlp_mask.npy", masks.mlps);
}

}  // namespace lottery
