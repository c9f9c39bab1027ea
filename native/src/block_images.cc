#include "block_images.h"

#include <algorithm>

namespace fams {

uint64_t BlockImages::MostLines(const std::vector<uint32_t>& lines) const {
  uint64_t blocks = 0, last = ~uint64_t{0};
  for (const uint32_t line : lines) {
    blocks += line / block_lines_ != last;
    last = line / block_lines_;
  }
  return blocks * block_lines_;
}

void BlockImages::Complete(uint64_t boundary, uint64_t line_count, std::vector<uint32_t>* lines) {
  if (boundary != boundary_) imaged_.assign((line_count + block_lines_ - 1) / block_lines_, false);
  boundary_ = boundary;
  std::vector<uint32_t> completed;
  for (const uint32_t line : *lines) {
    const uint64_t block = line / block_lines_;
    if (!completed.empty() && completed.back() >= line) continue;
    if (imaged_[block]) {
      completed.push_back(line);
      continue;
    }
    imaged_[block] = true;
    const uint64_t end = std::min((block + 1) * block_lines_, line_count);
    for (uint64_t i = block * block_lines_; i < end; i++) completed.push_back(static_cast<uint32_t>(i));
  }
  lines->swap(completed);
}

}  // namespace fams
