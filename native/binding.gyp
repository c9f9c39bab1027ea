{
  "variables": {
    "napi_include": "<!(node -p \"require('node-addon-api').include_dir\")",
    "has_tests": "<!(test -d test && echo yes || echo no)",
    "has_bench": "<!(test -d bench && echo yes || echo no)"
  },
  "target_defaults": {
    "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS"],
    "cflags_cc": ["-std=c++17", "-fno-exceptions", "-Wall", "-Wextra", "-Werror"]
  },
  "targets": [
    {
      "target_name": "fams_core",
      "type": "static_library",
      "cflags_cc": ["-fPIC"],
      "sources": [
        "src/address_window.cc",
        "src/backup.cc",
        "src/block_bytes.cc",
        "src/block_images.cc",
        "src/checkpoint.cc",
        "src/checkpointer.cc",
        "src/choose_storage.cc",
        "src/committed.cc",
        "src/committer.cc",
        "src/crc32c.cc",
        "src/device_cache.cc",
        "src/dirty_lines.cc",
        "src/fault_guard.cc",
        "src/file_backed.cc",
        "src/file_descriptor.cc",
        "src/group.cc",
        "src/inspect.cc",
        "src/journal.cc",
        "src/large_record.cc",
        "src/mapped_journal.cc",
        "src/new_file.cc",
        "src/newest.cc",
        "src/open_file.cc",
        "src/persist.cc",
        "src/persist_arm64.cc",
        "src/persist_other.cc",
        "src/persist_x86.cc",
        "src/record.cc",
        "src/recovery.cc",
        "src/region.cc",
        "src/repair.cc",
        "src/replay.cc",
        "src/resident_pages.cc",
        "src/segments.cc",
        "src/storage_dax.cc",
        "src/storage_emulated.cc",
        "src/storage_file.cc",
        "src/storage_mapped.cc",
        "src/superblock.cc"
      ]
    },
    {
      "target_name": "fams_native",
      "dependencies": ["fams_core"],
      "sources": ["src/addon.cc", "src/addon_tools.cc", "src/describe.cc", "src/region_handle.cc", "src/settled_call.cc", "src/decorate.cc"],
      "include_dirs": ["<(napi_include)"],
      "ldflags": ["-Wl,-z,nodelete"]
    }
  ],
  "conditions": [
    [
      "has_tests == 'yes'",
      {
        "targets": [
          {
            "target_name": "fams_native_test",
            "dependencies": ["fams_core"],
            "sources": ["src/addon.cc", "src/addon_tools.cc", "src/describe.cc", "src/region_handle.cc", "src/settled_call.cc", "test/storage_faulty.cc"],
            "include_dirs": ["<(napi_include)", "src"],
            "ldflags": ["-Wl,-z,nodelete"]
          },
          {
            "target_name": "fams_storage_test",
            "dependencies": ["fams_core"],
            "sources": ["src/decorate.cc", "test/quiet_commits.cc", "test/storage_addon.cc", "test/storage_race.cc", "test/system_calls.cc"],
            "include_dirs": ["<(napi_include)", "src"],
            "ldflags": ["-Wl,-z,nodelete"]
          }
        ]
      }
    ],
    [
      "has_bench == 'yes'",
      {
        "targets": [
          {
            "target_name": "fams_bench",
            "sources": ["bench/bare_flush.cc"],
            "include_dirs": ["<(napi_include)"]
          }
        ]
      }
    ]
  ]
}
