// The one narrow interface between the durable core and the medium.
//
// Journal and data are written through separate open file descriptions, because the kernel reports a
// write-back error once for each description: a flush of one must not swallow what the other has to hear.
//
// Threads: any call may run while another does, on any thread, with two limits. The journal is written by one
// thread at a time, and Allocate, Truncate, PrepareJournal and ForgetJournal are called by one at a time; no
// byte of a part is written or read once its truncation has begun.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "status.h"

namespace fams {

enum class Stream { kJournal, kData };

enum class StorageKind {
  kFile,            // system calls on a file
  kDax,             // a mapping of persistent memory
  kPmemEmulated,    // the same code on a file system in memory: loses everything with the machine
  kCxlSsdEmulated,  // a mapping, with the latencies of a memory-semantic SSD
};

// "file", "dax", "pmem-emulated", "cxl-ssd-emulated".
const char* NameOf(StorageKind kind);

// A memory-semantic SSD: memory behind CXL whose pages come from flash through a cache of its own. Its cache
// belongs to the persistence domain: what has reached it is durable. docs/ARCHITECTURE.md says where the
// figures come from.
struct CxlSsdOptions {
  uint64_t cache_bytes = uint64_t{128} << 20;
  uint32_t page_bytes = 4096;     // a power of two, what the cache holds and the flash moves
  uint32_t hit_ns = 250;          // to reach a page in the cache
  uint32_t miss_ns = 13440;       // to fetch a page from flash
  uint32_t write_back_ns = 7400;  // to write the page out that has to make room
};

struct StorageOptions {
  // "auto" (persistent memory where the file system gives direct access to it, else a file), or the name of a
  // kind; "dax" emulates on a file system in memory.
  std::string requested = "auto";
  CxlSsdOptions cxl_ssd;
};

// What an emulated device counted since it was opened, in pages; zeros for every other storage.
struct DeviceCounters {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t write_backs = 0;
};

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
  virtual StorageKind kind() const = 0;
  // What a write that is torn or garbled may disturb around it, a power of two: blocks of 4 to 64 KiB of a
  // file, lines of 64 bytes of memory. Writes that must not harm each other keep to units of their own.
  virtual uint32_t write_unit() const = 0;
  // The medium is memory: Write, WriteDurable and FlushAll are stores and a fence, no system calls.
  virtual bool is_memory() const = 0;
  virtual DeviceCounters counters() const { return {}; }

  // Reads what the medium holds, not what the page cache does. Fails where there is no such way.
  virtual Status ReadMedium(uint64_t offset, void* data, size_t bytes) = 0;
  // Writes all bytes; durable after the next FlushAll.
  virtual Status Write(Stream stream, uint64_t offset, const void* data, size_t bytes) = 0;
  // Writes and makes durable these bytes and no others.
  virtual Status WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) = 0;
  // Makes everything durable that was written before, to either stream, by any thread. The stream says who is
  // told of a write that failed: each hears of it, once.
  virtual Status FlushAll(Stream stream) = 0;
  // Makes sure that the file has these bytes and that writing them needs no space. The only call that may run
  // out of it.
  virtual Status Allocate(uint64_t offset, uint64_t bytes) = 0;
  // Says that small writes which are not durable will come to this part of the journal, in multiples of 64
  // KiB: it is allocated (so this, too, may run out of space), and from now on such a write is no system
  // call. After a flush it pays to call it again before the part is written anew: the first store to a page
  // that was flushed takes microseconds, and this takes them in advance. Changes nothing of what other calls
  // mean.
  virtual Status PrepareJournal(uint64_t offset, uint64_t bytes) = 0;
  // Takes that back, before the part is truncated.
  virtual Status ForgetJournal(uint64_t offset, uint64_t bytes) = 0;
  // Starts writing this range of the data out and waits until the medium has taken it. Makes nothing durable:
  // a checkpoint paces itself with it. Like a flush it may hear of an error that no later flush hears of.
  virtual Status WriteBack(uint64_t offset, uint64_t bytes) = 0;
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
// another, and ends with the process. Fails with ERR_FAMS_NOT_FOUND if there is none, and with
// ERR_FAMS_UNSUPPORTED where the file system cannot give what was asked for.
Status OpenFile(const std::string& path, bool read_only, std::unique_ptr<Storage>* storage,
                const StorageOptions& options = {});

// What a new file is to hold, asked for when its storage, and so its write unit, is known.
using Contents = std::function<std::vector<Extent>(const Storage& storage)>;

// Creates and locks the file at `path`, all or nothing: content and directory entry are durable when this
// returns, and after a crash there is either the whole file or none. If another process was faster, `created`
// is false and nothing was done.
Status CreateFile(const std::string& path, const Contents& contents, std::unique_ptr<Storage>* storage,
                  bool* created, const StorageOptions& options = {});

// Writes zeros over a part of the file.
Status WriteZeros(Storage& storage, uint64_t offset, uint64_t bytes);

// Stands between the core and the medium; the identity, except in the test build, which injects faults here.
std::unique_ptr<Storage> Decorate(std::unique_ptr<Storage> storage);

}  // namespace fams
