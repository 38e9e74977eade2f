// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the attention views take to paint a frame, without a display: the grid of 144 heads, one map and the lines
// of four heads, while the pointer moves, the map is zoomed and the lines are scrolled.
//
//   lottery-attention-frame-times [--maps FILE.npy [--tokens FILE]] [--frames N] [--ratio R] [--pictures DIR]
//
// Without --maps at 128 and 512 tokens, of made-up maps. Maps are [L,N,S,S], tokens "token<TAB>segment", one a line.
// Median and worst of the frames, in milliseconds, from the change to the last pixel; the machine should be idle.
#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QMouseEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/npy.h"
#include "widgets/attention/attention_arc_view.h"
#include "widgets/attention/attention_grid_view.h"
#include "widgets/attention/attention_map_view.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

constexpr int kThumbnail = 64;  // cells on a side

// Rows sum to one: a band about some diagonal, a bright column and noise.
AttentionMaps madeUp(int layers, int heads, int size) {
    AttentionMaps maps;
    maps.layers = layers;
    maps.heads = heads;
    maps.present = HeadMatrix(layers, heads, 1.0F);
    for (int i = 0; i < size; ++i) {
        maps.tokens.texts.push_back(i == 0                           ? "[CLS]"
                                    : i == size / 2 || i == size - 1 ? "[SEP]"
                                                                     : "token" + std::to_string(i));
        maps.tokens.segments.push_back(i > size / 2 ? 1 : 0);
    }
    maps.values.reserve(static_cast<std::size_t>(layers * heads) * static_cast<std::size_t>(size * size));
    std::vector<double> row(static_cast<std::size_t>(size));
    std::uint32_t noise = 1;
    for (int head = 0; head < layers * heads; ++head) {
        for (int i = 0; i < size; ++i) {
            double sum = 0.0;
            for (int j = 0; j < size; ++j) {
                noise = noise * 1664525U + 1013904223U;
                const double distance = i - j + head % 5 - 2;
                double value = 0.02 * static_cast<double>(noise >> 8U) / (1U << 24U) +
                               std::exp(-distance * distance / (1.0 + head % 7));
                if (j == (head % 3) * (size / 2 - 1)) value += 0.3 * (head % 4);
                sum += row[static_cast<std::size_t>(j)] = value;
            }
            for (const double value : row) maps.values.push_back(static_cast<float>(value / sum));
        }
    }
    return maps;
}

std::optional<AttentionMaps> readMaps(const QString& file, const QString& tokens) {
    auto array = read_npy(file.toStdString());
    if (!array) {
        std::fprintf(stderr, "%s\n", array.error().to_string().c_str());
        return std::nullopt;
    }
    if (array->shape.size() != 4 || array->shape[2] != array->shape[3]) {
        std::fprintf(stderr, "%s: not of the shape [layers, heads, tokens, tokens]\n", qPrintable(file));
        return std::nullopt;
    }
    AttentionMaps maps;
    maps.layers = static_cast<int>(array->shape[0]);
    maps.heads = static_cast<int>(array->shape[1]);
    maps.present = HeadMatrix(maps.layers, maps.heads, 1.0F);
    maps.values = std::move(array->values);
    QFile texts(tokens);
    if (!tokens.isEmpty() && texts.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : texts.readAll().split('\n')) {
            const auto parts = line.split('\t');
            if (parts.size() != 2) continue;
            maps.tokens.texts.push_back(parts[0].toStdString());
            maps.tokens.segments.push_back(parts[1].toInt());
        }
    }
    for (int i = maps.size(); i < array->shape[2]; ++i) {
        maps.tokens.texts.push_back("t" + std::to_string(i));
        maps.tokens.segments.push_back(0);
    }
    return maps;
}

class FrameTimes {
public:
    FrameTimes(int frames, double ratio) : frames_(frames), ratio_(ratio) {}

    // `change` prepares frame i; both it and the painting count.
    void measure(const QString& what, QWidget& view, const std::function<void(int)>& change) const {
        QImage image((QSizeF(view.size()) * ratio_).toSize(), QImage::Format_RGB32);
        image.setDevicePixelRatio(ratio_);
        std::vector<double> times;
        for (int i = 0; i < frames_; ++i) {
            QElapsedTimer clock;
            clock.start();
            change(i);
            view.render(&image);
            times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        std::sort(times.begin(), times.end());
        std::printf("%-52s %8.2f %8.2f\n", qPrintable(what), times[times.size() / 2], times.back());
    }

private:
    int frames_;
    double ratio_;
};

void movePointer(QAbstractScrollArea& view, const QPointF& to) {
    QMouseEvent move(QEvent::MouseMove, to, view.viewport()->mapToGlobal(to), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QApplication::sendEvent(view.viewport(), &move);
}

void save(QWidget& view, const QString& folder, const QString& name) {
    if (!folder.isEmpty()) view.grab().save(folder + "/" + name + ".png");
}

void measureAll(const AttentionMaps& maps, const FrameTimes& times, const QString& folder) {
    const QString name = QString("%1 tokens").arg(maps.size()), file = QString::number(maps.size());

    QElapsedTimer clock;
    clock.start();
    HeadMatrix mask(maps.layers, maps.heads, 1.0F);
    for (int i = 0; i < maps.layers * maps.heads; i += 5) mask.values[static_cast<std::size_t>(i)] = 0.0F;
    auto thumbnails = std::make_shared<AttentionThumbnails>(makeThumbnails(maps, kThumbnail, mask));
    std::printf("%-52s %8.2f\n", qPrintable(name + ": thumbnails made (in the worker)"),
                static_cast<double>(clock.nsecsElapsed()) / 1e6);
    AttentionGridView grid;
    grid.resize(900, 800);
    std::vector<HeadBadge> badges(mask.values.size(), {"diagonal 0.93", Color{31, 94, 158}});
    grid.setThumbnails(thumbnails);
    grid.setBadges(badges);
    times.measure(name + ": grid, new maps or colours", grid,
                  [&](int i) { grid.setColorMap(i % 2 ? ColorMap::Viridis : ColorMap::Cividis); });
    times.measure(name + ": grid, pointer moves", grid, [&](int i) {
        movePointer(grid, {60.0 + 29 * (i % 28), 60.0 + 23 * (i % 31)});
    });
    times.measure(name + ": grid, resized", grid, [&](int i) { grid.resize(900 - i % 50, 800 - i % 50); });
    save(grid, folder, "grid-" + file);
    grid.setRange(ThumbnailRange::EachMap);
    save(grid, folder, "grid-each-" + file);

    AttentionMapView map;
    map.resize(900, 800);
    std::vector<std::shared_ptr<MapContent>> heads;
    for (int head = 0; head < maps.heads; ++head) {
        const auto values = maps.map(0, head);
        heads.push_back(std::make_shared<MapContent>(mapContent(maps.tokens, {values.begin(), values.end()})));
    }
    times.measure(name + ": map, another head", map,
                  [&](int i) { map.setContent(heads[static_cast<std::size_t>(i) % heads.size()]); });
    const auto across = [&](int i) {
        movePointer(map, map.mapLayout().plot.topLeft() + QPointF(5 + 13 * (i % 40), 7 + 11 * (i % 43)));
    };
    times.measure(name + ": map, pointer moves", map, across);
    save(map, folder, "map-" + file);
    times.measure(name + ": map, zoomed in and out", map,
                  [&](int i) { map.zoomTo(std::pow(1.15, i % 30 < 15 ? i % 30 : 30 - i % 30)); });
    map.zoomTo(6.0);
    times.measure(name + ": map, pointer moves in the zoomed map", map, across);
    times.measure(name + ": map, panned in the zoomed map", map, [&](int i) {
        map.horizontalScrollBar()->setValue(17 * (i % 60));
        map.verticalScrollBar()->setValue(11 * (i % 60));
    });
    save(map, folder, "map-zoomed-" + file);

    AttentionArcView arcs;
    arcs.resize(600, 800);
    auto content = std::make_shared<ArcContent>();
    content->tokens = maps.tokens;
    for (int head = 0; head < std::min(maps.heads, 4); ++head) {
        const auto values = maps.map(maps.layers / 2, head);
        content->heads.push_back(
            {std::to_string(maps.layers / 2 + 1) + "." + std::to_string(head + 1), {values.begin(), values.end()}});
    }
    arcs.setContent(content);
    times.measure(name + ": lines, threshold moves from 0 to 30 %", arcs,
                  [&](int i) { arcs.setThreshold(i % 31 / 100.0); });
    arcs.setThreshold(0.0);
    std::printf("%-52s %8zu of %zu\n", qPrintable(name + ": lines at threshold 0"), arcs.lines().lines.size(),
                arcs.lines().all);
    times.measure(name + ": lines, threshold 0, scrolled", arcs,
                  [&](int i) { arcs.verticalScrollBar()->setValue(19 * (i % 60)); });
    times.measure(name + ": lines, pointer moves", arcs, [&](int i) {
        movePointer(arcs, arcs.arcLayout().label({arcs.arcLayout().visible().first + i % 20, i % 2 == 0}).center());
    });
    save(arcs, folder, "arcs-hovered-" + file);
    movePointer(arcs, {1, 1});
    arcs.setThreshold(0.1);
    save(arcs, folder, "arcs-" + file);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions(
        {{QStringLiteral("maps"), QStringLiteral("Maps [L,N,S,S] instead of made-up ones."), QStringLiteral("file")},
         {QStringLiteral("tokens"), QStringLiteral("Their tokens."), QStringLiteral("file")},
         {QStringLiteral("frames"), QStringLiteral("Of each."), QStringLiteral("n"), QStringLiteral("120")},
         {QStringLiteral("ratio"), QStringLiteral("Device pixels per pixel."), QStringLiteral("r"),
          QStringLiteral("1")},
         {QStringLiteral("dark"), QStringLiteral("Light text on dark ground.")},
         {QStringLiteral("pictures"), QStringLiteral("Where the last frames are saved."), QStringLiteral("dir")}});
    parser.process(app);
    if (parser.isSet(QStringLiteral("dark"))) {
        QPalette dark;
        dark.setColor(QPalette::Base, QColor(32, 33, 36));
        dark.setColor(QPalette::Window, QColor(42, 43, 46));
        dark.setColor(QPalette::Text, QColor(230, 230, 230));
        QApplication::setPalette(dark);
    }
    const FrameTimes times(std::max(parser.value(QStringLiteral("frames")).toInt(), 1),
                           std::max(parser.value(QStringLiteral("ratio")).toDouble(), 0.5));
    const QString folder = parser.value(QStringLiteral("pictures"));
    std::printf("%-52s %8s %8s\n", "", "median", "worst");
    if (parser.isSet(QStringLiteral("maps"))) {
        const auto maps = readMaps(parser.value(QStringLiteral("maps")), parser.value(QStringLiteral("tokens")));
        if (!maps) return 1;
        measureAll(*maps, times, folder);
        return 0;
    }
    for (const int size : {128, 512}) measureAll(madeUp(12, 12, size), times, folder);
    return 0;
}
