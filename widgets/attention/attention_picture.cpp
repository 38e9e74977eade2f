// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_picture.h"

#include <QCoreApplication>
#include <cmath>
#include <utility>

namespace lottery::gui {

namespace {

// Of a side of a thumbnail: more is not seen, and 512 tokens are read only once.
constexpr int kThumbnailCells = 64;

}  // namespace

AttentionPicture makePicture(AttentionResult result, const std::optional<HeadMatrix>& mask) {
    AttentionPicture picture;
    picture.entropy = mean_entropy(result.maps);
    picture.distance = mean_distance(result.maps);
    picture.thumbnails =
        std::make_shared<const AttentionThumbnails>(makeThumbnails(result.maps, kThumbnailCells, mask));
    picture.unknown_tokens = result.unknown_tokens;
    picture.truncated = result.truncated;
    picture.maps = std::make_shared<const AttentionMaps>(std::move(result.maps));
    return picture;
}

QString headText(const AttentionPicture& picture, const Component& component) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("AttentionPicture", text); };
    if (!picture.maps || component.head < 0) return {};
    const int layer = component.layer;
    const int head = component.head;
    if (layer >= picture.maps->layers || head >= picture.maps->heads) return {};
    QString text = tr("layer %1, head %2").arg(layer + 1).arg(head + 1);
    if (!picture.maps->has(layer, head)) return tr("%1 · not in the model").arg(text);
    if (const double entropy = picture.entropy.at(layer, head); std::isfinite(entropy))
        text = tr("%1 · entropy %2 nats · distance %3 tokens")
                   .arg(text)
                   .arg(entropy, 0, 'f', 2)
                   .arg(picture.distance.at(layer, head), 0, 'f', 1);
    return text;
}

}  // namespace lottery::gui
