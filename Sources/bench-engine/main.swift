// Says what the engine costs without HTTP, on one thread: a line of JSON for each case.
for comparison in rotationComparisons() { comparison.run() }
