#include "dirty_lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "format.h"

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

// A range entry counts for itself, marked or not: the marking may have been cut short. Returns how many lines
// the ranges have in all.
uint64_t MarkRanges(const Tracker& tracker, uint32_t list_used) {
  uint64_t lines = 0;
  for (uint32_t i = 0; i + 1 < list_used; i++) {
    if ((tracker.list[i] & kRange) == 0) continue;
    const uint64_t first = (tracker.list[i] & ~kRange) - tracker.first_line;
    const uint64_t last = tracker.list[++i] - tracker.first_line;
    if (first > last || last >= tracker.line_count) continue;
    std::memset(tracker.marks + first, 1, last - first + 1);
    lines += last - first + 1;
  }
  return lines;
}

void TakeIfMarked(const Tracker& tracker, uint64_t line, std::vector<uint32_t>* lines) {
  if (line < tracker.line_count && std::exchange(tracker.marks[line], 0) != 0)
    lines->push_back(static_cast<uint32_t>(line));
}

void TakeFromList(const Tracker& tracker, uint32_t list_used, std::vector<uint32_t>* lines) {
  for (uint32_t i = 0; i < list_used; i++) {
    const uint32_t first = (tracker.list[i] & ~kRange) - tracker.first_line;
    const bool range = (tracker.list[i] & kRange) != 0 && i + 1 < list_used;
    const uint32_t last = range ? tracker.list[++i] - tracker.first_line : first;
    for (uint64_t line = first; line <= last; line++) TakeIfMarked(tracker, line, lines);
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
  const bool lost = list_used > tracker.list_capacity;
  // Reading eight marks costs about what sorting one line does.
  const uint64_t work = lost ? 0 : list_used + MarkRanges(tracker, list_used);
  if (lost || (work > kRadixThreshold && tracker.line_count / 8 < work)) {
    TakeFromMap(tracker, lines);
    return;
  }
  TakeFromList(tracker, list_used, lines);
  for (const uint32_t line : suspects) TakeIfMarked(tracker, line, lines);
  if (!std::is_sorted(lines->begin(), lines->end())) Sort(lines);
}

void PutBack(const Tracker& tracker, const std::vector<uint32_t>& lines) {
  for (const uint32_t line : lines) tracker.marks[line] = 1;
}

void PutBackRuns(const Tracker& tracker, const uint64_t* runs, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) std::memset(tracker.marks + RunLine(runs[i]), 1, RunCount(runs[i]));
}

}  // namespace fams
