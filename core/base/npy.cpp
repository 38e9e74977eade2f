// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/npy.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/file.h"
#include "core/base/in_memory.h"

static_assert(std::endian::native == std::endian::little, "the .npy code reads and writes native byte order");

namespace lottery {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct Header {
    std::string descr;
    bool fortran_order = false;
    std::vector<std::int64_t> shape;
};

// The header is a Python dictionary literal with exactly these three keys, in any order.
Result<Header> parse_header(std::string_view text, const std::string& place) {
    const auto bad = [&](const std::string& what) {
        return Error{".npy header: " + what, place, "Write the array again with numpy.save"};
    };
    const auto after = [&](std::string_view key) -> std::string_view {
        for (const char quote : {'\'', '"'}) {
            const std::string quoted = quote + std::string(key) + quote;
            if (auto at = text.find(quoted); at != std::string_view::npos) {
                auto rest = text.substr(at + quoted.size());
                rest.remove_prefix(std::min(rest.find_first_not_of(" :"), rest.size()));
                return rest;
            }
        }
        return {};
    };
    Header header;
    const auto descr = after("descr");
    if (descr.empty() || (descr[0] != '\'' && descr[0] != '"')) return bad("no plain dtype under 'descr'");
    const auto end = descr.find(descr[0], 1);
    if (end == std::string_view::npos) return bad("unterminated 'descr'");
    header.descr = descr.substr(1, end - 1);

    const auto order = after("fortran_order");
    if (order.starts_with("True"))
        header.fortran_order = true;
    else if (!order.starts_with("False"))
        return bad("'fortran_order' is neither True nor False");

    auto shape = after("shape");
    const auto close = shape.find(')');
    if (!shape.starts_with("(") || close == std::string_view::npos) return bad("no 'shape' tuple");
    shape = shape.substr(1, close - 1);
    while (true) {
        shape.remove_prefix(std::min(shape.find_first_not_of(" ,"), shape.size()));
        if (shape.empty()) break;
        std::int64_t extent = 0;
        const auto [p, ec] = std::from_chars(shape.data(), shape.data() + shape.size(), extent);
        if (ec != std::errc{} || extent < 0) return bad("'shape' holds something that is not a size");
        header.shape.push_back(extent);
        shape.remove_prefix(static_cast<std::size_t>(p - shape.data()));
    }
    return header;
}

template <typename T>
void convert(const char* bytes, std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        T v;
        std::memcpy(&v, bytes + i * sizeof(T), sizeof(T));
        values[i] = static_cast<float>(v);
    }
}

struct Dtype {
    std::string_view name;  // without the byte-order mark
    std::size_t size;
    void (*convert)(const char*, std::vector<float>&);
};

constexpr Dtype kDtypes[] = {
    {"f4", 4, convert<float>},         {"f8", 8, convert<double>},        {"i1", 1, convert<std::int8_t>},
    {"i2", 2, convert<std::int16_t>},  {"i4", 4, convert<std::int32_t>},  {"i8", 8, convert<std::int64_t>},
    {"u1", 1, convert<std::uint8_t>},  {"u2", 2, convert<std::uint16_t>}, {"u4", 4, convert<std::uint32_t>},
    {"u8", 8, convert<std::uint64_t>}, {"b1", 1, convert<std::uint8_t>},
};

std::vector<float> c_order_from_fortran(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
    std::vector<float> out(values.size());
    std::vector<std::int64_t> index(shape.size(), 0);  // C-order odometer
    for (auto& value : out) {
        std::int64_t at = 0;
        std::int64_t stride = 1;
        for (std::size_t d = 0; d < shape.size(); ++d) {
            at += index[d] * stride;
            stride *= shape[d];
        }
        value = values[static_cast<std::size_t>(at)];
        for (std::size_t d = shape.size(); d-- > 0;) {
            if (++index[d] < shape[d]) break;
            index[d] = 0;
        }
    }
    return out;
}

}  // namespace

Result<Array> parse_npy(std::string_view bytes, const std::string& place) {
    if (!bytes.starts_with(kMagic) || bytes.size() < 10)
        return Error{"is not a .npy file (its first bytes are not \\x93NUMPY)", place, "Write it with numpy.save"};
    const int major = static_cast<unsigned char>(bytes[6]);
    if (major < 1 || major > 3)
        return Error{".npy format version " + std::to_string(major) + " found, 1 to 3 are read", place, {}};
    const std::size_t length_bytes = major == 1 ? 2 : 4;
    const std::size_t header_at = 8 + length_bytes;
    if (bytes.size() < header_at)
        return Error{"ends inside the .npy header", place, "The file is truncated; copy it again"};
    std::uint32_t header_length = 0;
    std::memcpy(&header_length, bytes.data() + 8, length_bytes);
    if (bytes.size() - header_at < header_length)
        return Error{"ends inside the .npy header", place, "The file is truncated; copy it again"};
    LOTTERY_TRY(const Header header, parse_header(bytes.substr(header_at, header_length), place));

    const char order = header.descr.empty() ? '?' : header.descr[0];
    const Dtype* dtype = nullptr;
    for (const auto& d : kDtypes)
        if (header.descr.size() == 3 && header.descr.substr(1) == d.name &&
            (order == '<' || order == '|' || order == '='))
            dtype = &d;
    if (dtype == nullptr)
        return Error{"dtype '" + header.descr + "' found; little-endian f4, f8, i1…i8, u1…u8 and b1 are read", place,
                     "Convert it with numpy's astype('<f4')"};

    const std::size_t available = bytes.size() - header_at - header_length;
    std::size_t count = 1;
    for (const auto extent : header.shape) {
        const auto e = static_cast<std::size_t>(extent);
        // Compared before multiplying: a forged shape must not wrap around.
        if (e != 0 && count > available / e)
            count = std::numeric_limits<std::size_t>::max() / 16;
        else
            count *= e;
    }
    if (count > available / dtype->size || count * dtype->size != available)
        return Error{
            "holds " + std::to_string(available) + " bytes of data, its shape and dtype ask for another number", place,
            "The file is truncated or damaged; copy it again"};
    Array array{header.shape, std::vector<float>(count)};
    dtype->convert(bytes.data() + header_at + header_length, array.values);
    if (header.fortran_order && header.shape.size() > 1) array.values = c_order_from_fortran(array.values, array.shape);
    return array;
}

Result<Array> read_npy(const std::filesystem::path& path) {
    LOTTERY_TRY(const std::string bytes, read_file(path));
    return parse_npy(bytes, path.string());
}

Status write_npy(const std::filesystem::path& path, const Array& array) {
    std::string shape;
    for (const auto extent : array.shape) shape += std::to_string(extent) + (array.shape.size() == 1 ? "," : ", ");
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    // The data begins at a multiple of 64 bytes: magic 6, version 2, length 2, header, newline.
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string bytes(kMagic);
    bytes += '\x01';
    bytes += '\x00';
    const auto length = static_cast<std::uint16_t>(header.size());
    bytes.append(reinterpret_cast<const char*>(&length), 2);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float));
    return write_file_atomically(path, bytes);
}

}  // namespace lottery
