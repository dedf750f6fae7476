// Files of the repository as bytes in the binary.
//
// SwiftPM's own `.embedInCode` writes an array literal of every byte, which the Swift compiler took two minutes to read.
#ifndef CRESOURCES_H
#define CRESOURCES_H

#include <stddef.h>

/// Constant bytes, which exist for as long as the process runs.
struct CResources_Bytes {
    const unsigned char *start;
    size_t count;
};

struct CResources_Bytes CResources_openapi_yaml(void);
struct CResources_Bytes CResources_openapi_json(void);
struct CResources_Bytes CResources_models_json(void);

#endif
