// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes as text (RFC 4648, section 4; without line ends), for pictures inside SVG and JSON.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lottery {

std::string base64_of(std::string_view bytes);
// Nothing where the text is not base64, with its padding and nothing beside it.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace lottery
