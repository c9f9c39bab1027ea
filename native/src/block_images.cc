#include "block_images.h"

#include <algorithm>

namespace fams {

uint64_t BlockImages::MostLines(const std::vector<uint32_t>& lines) {
  uint64_t blocks = 0, last = ~uint64_t{0};
  for (const uint32_t line : lines) {
    blocks += line / kBlockLines != last;
    last = line / kBlockLines;
  }
  return blocks * kBlockLines;
}

void BlockImages::Complete(uint64_t boundary, uint64_t line_count, std::vector<uint32_t>* lines) {
  if (boundary != boundary_) imaged_.assign((line_count + kBlockLines - 1) / kBlockLines, false);
  boundary_ = boundary;
  std::vector<uint32_t> completed;
  for (const uint32_t line : *lines) {
    const uint64_t block = line / kBlockLines;
    if (!completed.empty() && completed.back() >= line) continue;
    if (imaged_[block]) {
      completed.push_back(line);
      continue;
    }
    imaged_[block] = true;
    const uint64_t end = std::min((block + 1) * kBlockLines, line_count);
    for (uint64_t i = block * kBlockLines; i < end; i++) completed.push_back(static_cast<uint32_t>(i));
  }
  lines->swap(completed);
}

}  // namespace fams
