// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/example_batches.h"

#include <algorithm>
#include <numeric>

namespace lottery {

ExampleBatches::ExampleBatches(std::span<const Features> examples, std::size_t batch_size, torch::Device device,
                               ProgressSink* told)
    : examples_(examples),
      batch_size_(batch_size > 0 ? batch_size : std::max<std::size_t>(examples.size(), 1)),
      device_(device),
      budget_(examples, device, told) {
    make();
}

void ExampleBatches::make() {
    batches_.clear();
    for (std::size_t begin = 0; begin < examples_.size(); begin += batch_size_) {
        std::vector<std::size_t> batch(std::min(batch_size_, examples_.size() - begin));
        std::iota(batch.begin(), batch.end(), begin);
        batches_.push_back(
            {static_cast<std::int64_t>(batch.size()), make_chunks(examples_, batch, budget_.tokens(), device_)});
    }
}

}  // namespace lottery
