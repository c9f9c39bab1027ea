// The one narrow interface between the durable core and the medium.
//
// Journal and data are written through separate open file descriptions, because the kernel reports a
// write-back error once for each description: a flush of one must not swallow what the other has to hear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "status.h"

namespace fams {

enum class Stream { kJournal, kData };

// How much of a long range is moved at a time: recovery and checkpoint take bounded memory.
constexpr uint64_t kChunk = 256 * 1024;

// Memory that shows a part of the file. Unmapped when destroyed, unless it was abandoned.
class Mapping {
 public:
  Mapping() = default;
  Mapping(uint8_t* data, size_t bytes) : data_(data), bytes_(bytes) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  uint8_t* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  // Lets go of the file and what the memory held, and leaves its addresses in place for good: a built-in or a
  // job of the thread pool may still be at work on them, and what it does must go nowhere rather than to
  // whoever has the addresses next.
  void Abandon();

 private:
  uint8_t* data_ = nullptr;
  size_t bytes_ = 0;
};

// Bytes to be read, wherever they are.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual uint64_t Size() const = 0;
  // Reads exactly `bytes` bytes; fewer are an error.
  virtual Status Read(uint64_t offset, void* data, size_t bytes) = 0;
};

class Storage : public Reader {
 public:
  // Reads what the medium holds, not what the page cache does. Fails where there is no such way.
  virtual Status ReadMedium(uint64_t offset, void* data, size_t bytes) = 0;
  // Writes all bytes; durable after the next FlushAll of the same stream.
  virtual Status Write(Stream stream, uint64_t offset, const void* data, size_t bytes) = 0;
  // Writes and makes durable these bytes and no others.
  virtual Status WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) = 0;
  // Makes everything durable that was written before.
  virtual Status FlushAll(Stream stream) = 0;
  // Makes sure that the file has these bytes and that writing them needs no space. The only call that may run
  // out of it.
  virtual Status Allocate(uint64_t offset, uint64_t bytes) = 0;
  // Cuts the file off behind `bytes`.
  virtual Status Truncate(uint64_t bytes) = 0;
  // Private memory that starts with the file's bytes; stores to it never reach the file.
  virtual Status MapPrivate(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) = 0;
  // Memory that shows the file's bytes as they are now, for reading.
  virtual Status MapShared(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) = 0;
  // Fails if the file has lost its last name or its end.
  virtual Status CheckAlive() = 0;
};

struct OpenedStorage {
  std::unique_ptr<Storage> storage;
  bool created = false;
};

// A piece of a file that is about to be created.
struct Extent {
  uint64_t offset;
  uint64_t bytes;
  const void* data;  // nullptr: zeros, written out if `written`, else only allocated
  bool written;
};

// Opens and locks the file at `path`. The lock excludes every other opener of the inode, in this process or
// another, and ends with the process. Fails with ERR_FAMS_NOT_FOUND if there is none.
Status OpenFile(const std::string& path, bool read_only, std::unique_ptr<Storage>* storage);

// Creates and locks the file at `path`, all or nothing: content and directory entry are durable when this
// returns, and after a crash there is either the whole file or none. If another process was faster, `created`
// is false and nothing was done.
Status CreateFile(const std::string& path, const std::vector<Extent>& extents,
                  std::unique_ptr<Storage>* storage, bool* created);

// Writes zeros over a part of the file.
Status WriteZeros(Storage& storage, uint64_t offset, uint64_t bytes);

// What writing at `path` may disturb around it: the larger of preferred and physical block, a power of two
// from 4 KiB to 64 KiB.
uint32_t BlockBytes(const std::string& path);

// Stands between the core and the medium; the identity, except in the test build, which injects faults here.
std::unique_ptr<Storage> Decorate(std::unique_ptr<Storage> storage);

}  // namespace fams
