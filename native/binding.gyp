{
  "targets": [
    {
      "target_name": "fams_native",
      "sources": ["src/addon.cc"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS"],
      "cflags_cc": ["-std=c++17", "-fno-exceptions", "-Wall", "-Wextra", "-Werror"],
      "ldflags": ["-Wl,-z,nodelete"]
    }
  ],
  "conditions": [
    [
      "'<!(test -f bench/bare_flush.cc && echo yes || echo no)' == 'yes'",
      {
        "targets": [
          {
            "target_name": "fams_bench",
            "sources": ["bench/bare_flush.cc"],
            "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
            "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS"],
            "cflags_cc": ["-std=c++17", "-fno-exceptions", "-Wall", "-Wextra", "-Werror"]
          }
        ]
      }
    ]
  ]
}
