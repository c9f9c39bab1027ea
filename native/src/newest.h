// The newest lines that some segments of the journal hold, in the order of the data: what a checkpoint,
// recovery and a reader of an unrecovered file copy. Lines that a commit outside these segments has
// overwritten are not among them.
#pragma once

#include <memory>
#include <vector>

#include "committed.h"

namespace fams {

class NewestLines {
 public:
  struct Line {
    uint64_t number;
    const uint8_t* bytes;
  };

  // The records in the segments have been verified. `committed` outlives it.
  static Status Open(Storage& storage, const Committed& committed, const std::vector<Segment>& segments,
                     std::unique_ptr<NewestLines>* newest);

  uint64_t WindowCount() const { return committed_.WindowCount(); }
  // The lines of one window, ascending; valid until the next call.
  const std::vector<Line>& Window(uint64_t window);

 private:
  NewestLines(const Committed& committed, const std::vector<Segment>& segments)
      : committed_(committed), segments_(segments) {}

  const Committed& committed_;
  std::vector<Segment> segments_;
  std::vector<std::shared_ptr<Mapping>> mappings_;
  std::vector<Line> lines_;
};

// Copies lines found in other memory, in the order in which they were found.
void CopyLines(const NewestLines::Line* first, const NewestLines::Line* end, uint8_t* to, uint64_t base);

}  // namespace fams
