// SPDX-License-Identifier: GPL-3.0-or-later
//
// A labelling in a folder, to go on with later:
//   NAME.npy         every map, labelled or not
//   labels.tsv       name<TAB>class of the labelled ones (core/attention/labelled_maps.h); missing while there are none
//   labelling.json   format (1), labeller, and the maps in their order: name, skipped, tokens, origin
// A folder without labelling.json is read as well: maps in the order of their names, labels from the label file that
// find_label_file() finds, or none.
//
// Thread rule: any thread; two writers of one folder must not overlap.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "widgets/attention/labelling_session.h"

namespace lottery::gui {

// The session belongs to `folder` then. Errors: labels of somebody else, or of other maps, in a folder that is not the
// session's own; what the file system refuses. What was in the folder before stays readable.
Status saveLabelling(const std::filesystem::path& folder, LabellingSession& session);

// Errors name the file: no map, one that is not square or not finite, a label or entry without its map, a file that is
// not ours.
Result<LabellingSession> readLabelling(const std::filesystem::path& folder);

}  // namespace lottery::gui
