// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/attention_work.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/study/what_if_starts.h"

namespace lottery::gui {

namespace {

Outcome<AttentionResult> mapsOf(AttentionModel& model, const AttentionWish& wish, AttentionKind kind,
                                const AttentionTexts& texts, int max_tokens, const std::stop_token& stop,
                                ProgressSink& progress) {
    if (wish.source == AttentionWish::Source::Typed) return model.maps(wish.text, kind, 0, stop);
    if (wish.source == AttentionWish::Source::Mean) {
        const auto count = std::min(texts->size(), static_cast<std::size_t>(std::max<std::int64_t>(wish.examples, 1)));
        LOTTERY_TRY(auto maps, model.mean_maps({texts->begin(), texts->begin() + static_cast<std::ptrdiff_t>(count)},
                                               kind, max_tokens, stop, progress));
        return AttentionResult{std::move(maps), 0, false};
    }
    if (wish.example < 0 || wish.example >= std::ssize(*texts))
        return Error{"there is no example " + std::to_string(wish.example + 1) + ", the file has " +
                         std::to_string(texts->size()),
                     "examples", "Choose another one"};
    return model.maps((*texts)[static_cast<std::size_t>(wish.example)], kind, max_tokens, stop);
}

// Heads that a mask leaves out although the model has them; nothing where there is no mask of this model.
std::optional<HeadMatrix> marksOf(const AttentionChoice& choice, const ComponentMasks& components) {
    if (choice.marks.empty()) return std::nullopt;
    const auto masks = read_masks_for(choice.marks, components);
    return masks ? std::optional(masks->heads) : std::nullopt;
}

}  // namespace

Outcome<std::shared_ptr<AttentionModel>> ModelShelf::take(const AttentionModelRequest& request,
                                                          const std::stop_token& stop, ProgressSink& progress) {
    const auto found = std::ranges::find_if(models_, [&](const auto& model) { return model->request() == request; });
    if (found != models_.end()) {
        std::rotate(models_.begin(), found, found + 1);
        return models_.front();
    }
    // Room is made before the next one is read: a large model takes a gigabyte.
    if (models_.size() == places_) models_.pop_back();
    LOTTERY_TRY(auto model, AttentionModel::open(request, stop, progress));
    models_.insert(models_.begin(), model);
    return model;
}

bool AttentionWork::has(const AttentionSide& side) const { return side.model >= 0 && side.model < std::ssize(models); }

Result<AttentionTexts> AttentionWork::read() const {
    if (texts) return texts;
    if (!task) return Error{"no task is known whose examples could be shown", "examples", "Type a sentence"};
    LOTTERY_TRY(auto all, read_task_texts(*task, data, split));
    return std::make_shared<const std::vector<AttentionText>>(std::move(all));
}

Outcome<AttentionPicture> pictureOf(const AttentionWork& work, const AttentionWish& wish, ModelShelf& shelf,
                                    AttentionTexts& texts, const std::stop_token& stop, ProgressSink& progress) {
    if (wish.source != AttentionWish::Source::Typed) {
        LOTTERY_TRY(texts, work.read());
    }
    const auto side = [&](const AttentionSide& one, std::optional<HeadMatrix>* marks) -> Outcome<AttentionResult> {
        const AttentionChoice& choice = work.models[static_cast<std::size_t>(one.model)];
        LOTTERY_TRY(const auto model, shelf.take(choice.request, stop, progress));
        if (marks) *marks = marksOf(choice, model->components());
        return mapsOf(*model, wish, one.kind, texts, work.max_tokens, stop, progress);
    };
    const auto start = std::chrono::steady_clock::now();
    std::optional<HeadMatrix> marks;
    LOTTERY_TRY(auto result, side(wish.side, &marks));
    if (wish.minus) {
        LOTTERY_TRY(const auto other, side(*wish.minus, nullptr));
        LOTTERY_TRY(result.maps, difference(result.maps, other.maps));
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (stop.stop_requested()) return Cancelled{};
    AttentionPicture picture = makePicture(std::move(result), marks);
    picture.seconds = seconds;
    if (wish.source == AttentionWish::Source::Typed) picture.text = wish.text;
    if (wish.source == AttentionWish::Source::Example) picture.text = (*texts)[static_cast<std::size_t>(wish.example)];
    return picture;
}

}  // namespace lottery::gui
