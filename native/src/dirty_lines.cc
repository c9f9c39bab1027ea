#include "dirty_lines.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace fams {
namespace {

constexpr uint32_t kRange = 0x80000000u;
// Below this std::sort is faster than three counting passes.
constexpr size_t kRadixThreshold = 512;
constexpr int kDigitBits = 11;
constexpr uint32_t kDigits = 1u << kDigitBits;

void TakeFromMap(const Tracker& tracker, std::vector<uint32_t>* lines) {
  uint8_t* marks = tracker.marks;
  uint64_t line = 0;
  for (; line + 8 <= tracker.line_count; line += 8) {
    uint64_t word;
    std::memcpy(&word, marks + line, 8);
    if (word == 0) continue;
    for (uint64_t i = line; i < line + 8; i++)
      if (marks[i] != 0) lines->push_back(static_cast<uint32_t>(i));
    std::memset(marks + line, 0, 8);
  }
  for (; line < tracker.line_count; line++)
    if (std::exchange(marks[line], 0) != 0) lines->push_back(static_cast<uint32_t>(line));
}

// A range entry counts for itself, marked or not: the marking may have been cut short.
void TakeRange(const Tracker& tracker, uint64_t first, uint64_t last, std::vector<uint32_t>* lines) {
  last = std::min(last, tracker.line_count - 1);
  for (uint64_t line = first; line <= last; line++) lines->push_back(static_cast<uint32_t>(line));
  if (first <= last) std::memset(tracker.marks + first, 0, last - first + 1);
}

void TakeFromList(const Tracker& tracker, uint32_t list_used, std::vector<uint32_t>* lines) {
  for (uint32_t i = 0; i < list_used; i++) {
    const uint32_t entry = (tracker.list[i] & ~kRange) - tracker.first_line;
    if ((tracker.list[i] & kRange) != 0 && i + 1 < list_used) {
      TakeRange(tracker, entry, tracker.list[++i] - tracker.first_line, lines);
    } else if (entry < tracker.line_count && std::exchange(tracker.marks[entry], 0) != 0) {
      lines->push_back(entry);
    }
  }
}

void RadixSort(std::vector<uint32_t>* lines) {
  std::vector<uint32_t> other(lines->size());
  const uint32_t highest = *std::max_element(lines->begin(), lines->end());
  for (int shift = 0; shift < 32 && (highest >> shift) != 0; shift += kDigitBits) {
    uint32_t starts[kDigits + 1] = {};
    for (const uint32_t line : *lines) starts[((line >> shift) & (kDigits - 1)) + 1]++;
    for (uint32_t digit = 0; digit < kDigits; digit++) starts[digit + 1] += starts[digit];
    for (const uint32_t line : *lines) other[starts[(line >> shift) & (kDigits - 1)]++] = line;
    lines->swap(other);
  }
}

void Sort(std::vector<uint32_t>* lines) {
  if (lines->size() < kRadixThreshold) {
    std::sort(lines->begin(), lines->end());
  } else {
    RadixSort(lines);
  }
}

}  // namespace

void TakeLines(const Tracker& tracker, uint32_t list_used, const std::vector<uint32_t>& suspects,
               std::vector<uint32_t>* lines) {
  lines->clear();
  // Reading eight marks costs about what sorting one line does.
  const bool map_is_cheaper = list_used > kRadixThreshold && tracker.line_count / 8 < list_used;
  if (list_used > tracker.list_capacity || map_is_cheaper) {
    TakeFromMap(tracker, lines);
    return;
  }
  TakeFromList(tracker, list_used, lines);
  for (const uint32_t line : suspects)
    if (std::exchange(tracker.marks[line], 0) != 0) lines->push_back(line);
  if (std::is_sorted(lines->begin(), lines->end(), std::less_equal<uint32_t>())) return;
  Sort(lines);
  lines->erase(std::unique(lines->begin(), lines->end()), lines->end());
}

void PutBack(const Tracker& tracker, const std::vector<uint32_t>& lines) {
  for (const uint32_t line : lines) tracker.marks[line] = 1;
}

}  // namespace fams
