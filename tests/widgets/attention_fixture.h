// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention maps for the tests of the views: every value is known from its place.
#pragma once

#include <QAbstractScrollArea>
#include <QApplication>
#include <QMouseEvent>
#include <QPalette>
#include <QtTest>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"

namespace lottery::fixture {

inline constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

// A pair: "[CLS] w1 … [SEP] … [SEP]", the second segment begins in the middle.
inline TokenRow tokens(int count) {
    TokenRow row;
    for (int i = 0; i < count; ++i) {
        row.texts.push_back(i == 0 ? "[CLS]" : i == count - 1 ? "[SEP]" : "w" + std::to_string(i));
        row.segments.push_back(count > 3 && i >= count / 2 ? 1 : 0);
    }
    return row;
}

// Rows sum to one: to the token itself, the next one, the last one, and a little to all.
inline std::vector<float> map(int size, int head) {
    std::vector<float> values(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
            double value = 0.1 / size;
            if (j == (i + head) % size) value += 0.6;
            if (j == size - 1) value += 0.3;
            values[static_cast<std::size_t>(i) * static_cast<std::size_t>(size) + static_cast<std::size_t>(j)] =
                static_cast<float>(value);
        }
    }
    return values;
}

inline AttentionMaps maps(int layers, int heads, int size) {
    AttentionMaps all;
    all.layers = layers;
    all.heads = heads;
    all.tokens = tokens(size);
    all.present = HeadMatrix(layers, heads, 1.0F);
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = 0; head < heads; ++head) {
            const auto values = map(size, head);
            all.values.insert(all.values.end(), values.begin(), values.end());
        }
    }
    return all;
}

inline QPalette darkPalette() {
    QPalette palette;
    palette.setColor(QPalette::Base, QColor(32, 33, 36));
    palette.setColor(QPalette::Window, QColor(42, 43, 46));
    palette.setColor(QPalette::Text, QColor(230, 230, 230));
    return palette;
}

// Without the cursor of the platform, which tells of no move to where it is already.
inline void movePointer(QAbstractScrollArea& view, const QPointF& to) {
    QMouseEvent move(QEvent::MouseMove, to, view.viewport()->mapToGlobal(to), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QApplication::sendEvent(view.viewport(), &move);
}

// As on a screen with `ratio` device pixels per pixel.
inline QImage painted(QWidget& view, double ratio = 1.0) {
    QImage image((QSizeF(view.size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    view.render(&image);
    return image;
}

}  // namespace lottery::fixture
