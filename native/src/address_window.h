// Parts of a file in memory, each at a fixed distance from where the file would begin: parts come and go, and
// what is there already never moves.
#pragma once

#include <cstddef>
#include <cstdint>

#include "status.h"

namespace fams {

class AddressWindow {
 public:
  AddressWindow() = default;
  AddressWindow(const AddressWindow&) = delete;
  AddressWindow& operator=(const AddressWindow&) = delete;
  ~AddressWindow();

  // Takes `bytes` bytes of address space; no memory.
  Status Reserve(uint64_t bytes);
  bool reserved() const { return base_ != nullptr; }
  uint64_t bytes() const { return bytes_; }

  // Shows bytes `offset` to `offset + bytes` of the file there. Both are multiples of a page.
  Status Show(int descriptor, uint64_t offset, uint64_t bytes, int protection, int flags);
  // Spares the first store to each page its fault, where the kernel can.
  void MakeWritable(uint64_t offset, uint64_t bytes);
  Status Hide(uint64_t offset, uint64_t bytes);

  uint8_t* at(uint64_t offset) const { return base_ + offset; }

 private:
  uint8_t* base_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace fams
