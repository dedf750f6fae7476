// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ropewalk",
    products: [.executable(name: "ropewalk", targets: ["ropewalk"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .target(
            name: "CMicroHTTPD",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("microhttpd")]
        ),
        .target(name: "Locking"),
        .target(name: "Caching", dependencies: ["Locking"]),
        .target(name: "LargeMemory", dependencies: ["Locking"]),
        .target(name: "MicroHTTP", dependencies: ["CMicroHTTPD", "Locking", "LargeMemory"]),
        .target(
            name: "CRotaryKernels",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"])]),
        .target(name: "PositionalEncoding", dependencies: ["CRotaryKernels", "Locking", "Caching", "LargeMemory"]),
        .target(name: "CNumberKernels", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "TensorCoding", dependencies: ["CNumberKernels", "PositionalEncoding", "Caching", "LargeMemory"]),
        .target(name: "CResources", cSettings: [.unsafeFlags(["-std=gnu23", "-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "RopewalkService",
            dependencies: [
                "CResources", "MicroHTTP", "TensorCoding", "PositionalEncoding", "Locking", "Caching",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Resources/openapi.yaml", "Resources/openapi.json", "Resources/models.json"]
        ),
        .executableTarget(
            name: "ropewalk",
            dependencies: [
                "RopewalkService", "MicroHTTP", "Locking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            // The linker that comes with Swift; the system's older one warns of a function in Foundation that nothing calls.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        ),

        // Makes openapi.json (make openapi). The YAML library needs all of Foundation, which is three times the size of the
        // service, so it is not in the binary.
        .executableTarget(
            name: "openapi-to-json",
            dependencies: [.product(name: "Yams", package: "Yams")]
        ),

        // Every float32, written and read back (make prove-numbers); takes minutes, and is no test for that.
        .executableTarget(name: "prove-numbers", dependencies: ["TensorCoding", "Locking"]),

        // What the engine costs without HTTP.
        .executableTarget(name: "bench-engine", dependencies: ["PositionalEncoding"]),

        .testTarget(name: "HouseTests"),
        .testTarget(name: "CachingTests", dependencies: ["Caching"]),
        .testTarget(name: "LargeMemoryTests", dependencies: ["LargeMemory"]),
        .testTarget(
            name: "PositionalEncodingTests", dependencies: ["PositionalEncoding", "CRotaryKernels", "TestSupport"],
            exclude: ["make_inverse_frequencies.py"]
        ),
        .testTarget(
            name: "TensorCodingTests", dependencies: ["TensorCoding", "PositionalEncoding", "TestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(name: "MicroHTTPTests", dependencies: ["MicroHTTP", "Locking", "TestSupport"]),
        .testTarget(
            name: "RopewalkServiceTests",
            dependencies: [
                "RopewalkService", "MicroHTTP", "TensorCoding", "PositionalEncoding", "Locking", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "ropewalkTests", dependencies: ["TestSupport"], exclude: ["requirements.txt"]),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where !target.name.hasPrefix("C") {
    target.swiftSettings = [.treatAllWarnings(as: .error)]
    if !target.isTest && !["TestSupport", "openapi-to-json"].contains(target.name) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}

// The fuzzer of what reads requests (make fuzz). It is built alone, and all that it runs is instrumented.
if Context.environment["ROPEWALK_FUZZ"] != nil {
    let sanitizers = ["-sanitize=fuzzer,address"]
    for target in package.targets
    where ["Locking", "LargeMemory", "PositionalEncoding", "TensorCoding"].contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(sanitizers))
    }
    for target in package.targets where target.name == "CNumberKernels" {
        target.cSettings?.append(.unsafeFlags(["-fsanitize=fuzzer-no-link,address"]))
    }
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["TensorCoding", "PositionalEncoding", "TestSupport"], path: "Fuzz",
            swiftSettings: [.treatAllWarnings(as: .error), .unsafeFlags(["-sanitize=address"])],
            linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]
        ))
}
