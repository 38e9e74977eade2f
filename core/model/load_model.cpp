// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/Parallel.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "core/model/bert.h"
#include "core/model/checkpoint.h"

namespace lottery {

Result<LoadedModel> load_model(const std::filesystem::path& checkpoint, int label_count, std::uint64_t seed,
                               torch::Device device, ProgressSink& progress) {
    LOTTERY_TRY(auto read, read_checkpoint(checkpoint, label_count));
    for (const auto& note : read.notes) progress.on_message(Severity::Info, checkpoint.string() + ": " + note);
    LoadedModel loaded{BertForSequenceClassification(read.config, label_count, std::nullopt), {}};
    for (const auto& entry : loaded.model->named_parameters())
        if (!read.tensors.contains(entry.key())) loaded.initialised.push_back(entry.key());
    // What the checkpoint lacks keeps the constructor's draw.
    if (!loaded.initialised.empty())
        loaded.model = BertForSequenceClassification(read.config, label_count, own_draws(seed));
    const torch::NoGradGuard no_grad;
    for (auto& entry : loaded.model->named_parameters())
        if (const auto found = read.tensors.find(entry.key()); found != read.tensors.end())
            entry.value().copy_(found->second);
    if (!loaded.initialised.empty()) {
        std::string keys;
        for (const auto& key : loaded.initialised) keys += (keys.empty() ? "" : ", ") + key;
        progress.on_message(Severity::Info, checkpoint.string() + ": initialised afresh (weights N(0, 0.02), seed " +
                                                std::to_string(seed) +
                                                "), as the checkpoint does not have them: " + keys);
    }
    loaded.model->to(device);
    return loaded;
}

Status save_model(BertForSequenceClassification& model, const std::filesystem::path& folder,
                  const std::filesystem::path& tokenizer_from) {
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& entry : model->named_parameters()) tensors.emplace_back(entry.key(), entry.value().detach());
    return write_checkpoint(folder, model->config(), tensors, tokenizer_from);
}

Result<torch::Device> choose_device(const std::string& device, int threads) {
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int wanted = threads > 0 ? threads : cores;
    if (at::get_num_threads() != wanted) at::set_num_threads(wanted);

    const auto count = static_cast<int>(torch::cuda::device_count());
    if (device == "cpu" || (device == "auto" && count == 0)) return torch::Device(torch::kCPU);
    if (device == "auto" || device == "cuda") {
        if (count == 0)
            return Error{"no CUDA device is available", "--device " + device,
                         "Use --device cpu, or a CUDA build of LibTorch with a driver"};
        return torch::Device(torch::kCUDA, 0);
    }
    if (device.starts_with("cuda:")) {
        int index = -1;
        const char* end = device.data() + device.size();
        const auto [p, ec] = std::from_chars(device.data() + 5, end, index);
        if (ec == std::errc{} && p == end && index >= 0) {
            if (index >= count)
                return Error{"there are " + std::to_string(count) + " CUDA devices", "--device " + device,
                             "Use --device auto or cpu"};
            return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
        }
    }
    return Error{"unknown device \"" + device + "\"", "--device", "Use auto, cpu, cuda or cuda:N"};
}

}  // namespace lottery
